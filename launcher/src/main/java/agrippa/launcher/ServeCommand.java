package agrippa.launcher;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agrippa serve`.
@Command(
    name = "serve",
    description = "Run the service until it is told to stop (Ctrl-C, SIGTERM).",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ServeCommand implements Runnable {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "folder of all state, made if missing")
  private Path state = StateFolder.standard();

  @Option(names = "--bind", paramLabel = "ADDR", description = "address of the API")
  private String bind = "127.0.0.1";

  @Option(names = "--port", paramLabel = "N", description = "port of the API; 0 takes a free one")
  private int port = 9876;

  @Option(
      names = "--network-driver",
      paramLabel = "DRIVER",
      description =
          "how embedded networks move packets: mirror (on loopback, no privilege needed) or linux"
              + " (bridges and namespaces of the kernel, with servers; needs root)")
  private CloudSettings.Driver driver = CloudSettings.Driver.MIRROR;

  @Option(
      names = "--host-access",
      description = "put this machine into the external networks, as their gateway (linux only)")
  private boolean hostAccess;

  @Option(
      names = "--access-log",
      paramLabel = "FORMAT:TARGET",
      description =
          "one line a request: json or octavia, and stdout, file:PATH, udp:HOST:PORT or"
              + " tcp:HOST:PORT (syslog), such as json:file:access.log")
  private @Nullable String accessLog;

  @Option(
      names = "--metrics",
      paramLabel = "WHO",
      description =
          "who may read /metrics: local (this machine, and admins by token), admins, or nobody")
  private MetricsSite.Readers metrics = MetricsSite.Readers.LOCAL;

  @Option(names = "--config", paramLabel = "FILE", description = "settings, in YAML")
  private @Nullable Path config;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Logs.toStandardError(Level.INFO);
    Settings settings = Settings.of(state, bind, port);
    if (driver == CloudSettings.Driver.LINUX) {
      settings = settings.with(new CloudSettings.Kernel(hostAccess));
    } else if (hostAccess) {
      throw new UserError("--host-access has no effect without --network-driver linux");
    }
    if (accessLog != null) {
      settings = settings.with(settings.watch().withAccessLog(accessLog));
    }
    settings = settings.with(settings.watch().withMetrics(metrics));
    if (config != null) {
      settings = settings.with(config, System.getenv());
    }
    Agrippa agrippa = Agrippa.start(settings);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(
                    () -> {
                      agrippa.close();
                      stopped.countDown();
                    }));
    spec.commandLine()
        .getOut()
        .println(
            String.format(
                Locale.ROOT,
                "agrippa: ready at %s after %.2f s, state in %s",
                agrippa.url(),
                sinceProcessStart() / 1e3,
                state.toAbsolutePath()));
    spec.commandLine().getOut().flush();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long sinceProcessStart() {
    return System.currentTimeMillis()
        - ProcessHandle.current()
            .info()
            .startInstant()
            .map(java.time.Instant::toEpochMilli)
            .orElseGet(System::currentTimeMillis);
  }
}
