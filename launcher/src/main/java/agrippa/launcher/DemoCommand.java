package agrippa.launcher;

import agrippa.launcher.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agrippa demo`.
@Command(
    name = "demo",
    description = "Start everything, balance real requests, and stay up.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class DemoCommand implements Runnable {
  @Option(
      names = "--exit",
      description =
          "stop after the demonstration: exit status 0 if all was as it should be, else 1")
  private boolean exit;

  @Option(names = "--port", paramLabel = "N", description = "port of the API; 0 takes a free one")
  private int port;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    // Its own story is on standard output; a log of every request would bury it.
    Logs.toStandardError(Level.WARNING);
    PrintWriter out = spec.commandLine().getOut();
    Path state = temporaryFolder();
    long began = System.nanoTime();
    Agrippa agrippa = Agrippa.start(Settings.of(state, "127.0.0.1", port));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(agrippa, state)));
    out.println(
        String.format(
            Locale.ROOT,
            "%-46s %6.0f ms",
            "Agrippa at " + agrippa.url(),
            (System.nanoTime() - began) / 1e6));
    AdminCredentials admin = agrippa.admin();
    try (Demo demo =
        new Demo(out, agrippa.url(), admin.user(), admin.password(), admin.project())) {
      Demo.Site site = demo.play();
      if (!exit) {
        invite(out, site, state);
        sleepForever();
      }
    }
  }

  private static void invite(PrintWriter out, Demo.Site site, Path state) {
    out.println(
        """

        It stays up until Ctrl-C. In another shell:

          curl %s                     # balanced over both backends
          curl -k %s

          eval "$(./agrippa env --state %s)"
          openstack loadbalancer list
          openstack loadbalancer status show demo
          openstack loadbalancer stats show demo

        (The openstack command is in Debian's python3-openstackclient and python3-octaviaclient.)"""
            .formatted(site.httpUrl(), site.httpsUrl(), state));
    out.flush();
  }

  private static void sleepForever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("agrippa-demo");
    } catch (IOException e) {
      throw new UserError("cannot make a temporary folder: " + e, e);
    }
  }

  private static void end(Agrippa agrippa, Path state) {
    agrippa.close();
    Leftovers.delete(state);
  }
}
