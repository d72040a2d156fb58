package agrippa.launcher;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agrippa env`: the shell variables with which the `openstack` client becomes admin.
@Command(
    name = "env",
    description =
        "Print \"export OS_...\" lines for the admin of a state folder: eval \"$(./agrippa env)\".",
    mixinStandardHelpOptions = true)
final class EnvCommand implements Runnable {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "the state folder (default: agrippa under XDG_STATE_HOME)")
  private Path state = StateFolder.standard();

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    new StateFolder(state)
        .credentials()
        .environment()
        .forEach(
            (name, value) ->
                spec.commandLine().getOut().println("export " + name + "=" + quoted(value)));
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }
}
