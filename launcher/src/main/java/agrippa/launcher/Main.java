package agrippa.launcher;

import agrippa.launcher.demo.DemoFailure;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The command line.
@Command(
    name = "agrippa",
    description = "Load balancing as a service in one program.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      LabCommand.class,
      CleanCommand.class,
      EnvCommand.class,
      RehearseCommand.class,
      VersionCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(Main::explain);
    System.exit(line.execute(arguments));
  }

  /// What users can do something about is one plain sentence; anything else is a defect and shows
  /// all.
  private static int explain(Exception error, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (error instanceof UserError || error instanceof DemoFailure) {
      err.println("agrippa: " + error.getMessage());
    } else {
      error.printStackTrace(err);
    }
    return 1;
  }

  /// The version that the build wrote into the module.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"agrippa " + number() + ", Java " + Runtime.version()};
    }

    static String number() {
      return Main.class.getModule().getDescriptor() == null
          ? "development"
          : Main.class.getModule().getDescriptor().rawVersion().orElse("development");
    }
  }
}
