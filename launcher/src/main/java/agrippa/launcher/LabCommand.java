package agrippa.launcher;

import agrippa.launcher.lab.Walkthrough;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agrippa lab`. The script of the same name has put this process into a network namespace of its
/// own.
@Command(
    name = "lab",
    description = {
      "A whole small cloud to try things in: networks, routers, servers and load balancers.",
      "Needs root; installs the Debian packages that it lacks. It runs in a network namespace of"
          + " its own, so that this machine's network stays as it is."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class LabCommand implements Callable<Integer> {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "folder of all state, kept for the next time; else everything is removed")
  private @Nullable Path state;

  @Option(names = "--port", paramLabel = "N", description = "port of the API; 0 takes a free one")
  private int port = 9876;

  @Option(
      names = "--walkthrough",
      description =
          "type the use case of a load balancer before two servers with the openstack command,"
              + " check what comes of it, and stop: exit status 0 if all was as it should be,"
              + " else 1")
  private boolean walkthrough;

  @Option(names = "--stay", description = "stay up after the walkthrough")
  private boolean stay;

  @Option(
      names = "--here",
      description = "in this machine's own network namespace, not in one of its own")
  private boolean here;

  @Option(names = "--netns", hidden = true)
  private @Nullable String netns;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logs.toStandardError(Level.WARNING);
    PrintWriter out = spec.commandLine().getOut();
    Path folder = state == null ? Files.createTempDirectory("agrippa-lab") : state;
    Settings settings = Settings.of(folder, "127.0.0.1", port).with(new CloudSettings.Kernel(true));
    Agrippa agrippa = Agrippa.start(settings);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(agrippa, folder)));
    out.println(String.format(Locale.ROOT, "Agrippa at %s, state in %s", agrippa.url(), folder));
    invite(out, folder);
    boolean good = !walkthrough || walk(out, folder, agrippa.admin());
    if (!walkthrough || stay) {
      new CountDownLatch(1).await();
    }
    return good ? 0 : 1;
  }

  private void invite(PrintWriter out, Path folder) {
    out.println("To enter the lab, in another shell:\n");
    if (netns != null && !here) {
      out.println("  nsenter --net=/run/netns/" + netns);
    }
    out.println(
        """
          eval "$(./agrippa env --state %s)"
          openstack network list

        The public network is 203.0.113.0/24 and 2001:db8::/64; this lab is its gateway, and
        knows the way to IPv6 subnets of the default pool. Ctrl-C ends it."""
            .formatted(folder));
    out.flush();
  }

  private static boolean walk(PrintWriter out, Path folder, AdminCredentials admin)
      throws IOException, InterruptedException {
    Path files = Files.createDirectories(folder.resolve("walkthrough"));
    Map<String, String> environment = new LinkedHashMap<>(admin.environment());
    environment.put("COLUMNS", "400");
    return new Walkthrough(out, files, environment).walk();
  }

  private void end(Agrippa agrippa, Path folder) {
    agrippa.close();
    if (state == null) {
      Leftovers.remove(folder);
      Leftovers.delete(folder);
    }
  }
}
