package agrippa.launcher;

import agrippa.api.OctaviaApi;
import agrippa.api.ValueJson;
import agrippa.cloud.Documents;
import agrippa.control.ControlPlane;
import agrippa.control.ControlSettings;
import agrippa.launcher.MetricsSite.OfProcess;
import agrippa.provider.accesslog.AccessLog;
import agrippa.provider.accesslog.AccessLogSettings;
import agrippa.provider.builtin.BuiltinProvider;
import agrippa.provider.builtin.ocsp.Stapling;
import agrippa.provider.otlp.MetricsPush;
import agrippa.provider.otlp.Origin;
import agrippa.proxy.Patterns;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import agrippa.store.Database;
import agrippa.store.Migration;
import agrippa.store.SqlStateStore;
import agrippa.web.Front;
import agrippa.web.Healthcheck;
import agrippa.web.Site;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The whole program: every object, and what it is connected to. Read from top to bottom, it is the
/// order of starting; closing goes the other way.
final class Agrippa implements AutoCloseable {
  private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(2);

  private final FileLock claim;
  private final Duration stopGrace;
  private final Database database;
  private final Cloud cloud;
  private final ProxyServer proxy;
  private final Optional<AccessLog> accessLog;
  private final ControlPlane control;
  private final Optional<MetricsPush> push;
  private final Optional<PortCertificate> certificate;
  private final WebServer web;
  private final String url;

  /// Starts everything; when it returns, requests are answered.
  ///
  /// @throws UserError if the state folder or the address cannot be used
  static Agrippa start(Settings settings) {
    StateFolder state = new StateFolder(settings.state());
    FileLock claim = state.claim();
    try {
      return new Agrippa(settings, state, claim);
    } catch (RuntimeException e) {
      release(claim);
      throw e;
    }
  }

  private Agrippa(Settings settings, StateFolder state, FileLock claim) {
    this.claim = claim;
    this.stopGrace = settings.stopGrace();
    InstantSource clock = Clock.systemUTC();
    Instant began = clock.instant();
    SecureRandom random = new SecureRandom();
    Supplier<UUID> ids = UUID::randomUUID;

    // What is kept.
    database = Database.open(state.database());
    database.migrate("cloud", migrations(Documents.MIGRATIONS));
    Documents documents = new Documents(database.sql());

    // The cloud, embedded or real. This program's public URL is known once the port is.
    AtomicReference<String> publicUrl = new AtomicReference<>("");
    cloud =
        new Cloud(settings, documents, state, new Cloud.World(clock, random, ids), publicUrl::get);

    // What moves packets.
    proxy = ProxyServer.start(proxySettings(settings), clock, random);
    accessLog = settings.watch().accessLog().map(it -> accessLog(it, clock));
    BuiltinProvider provider =
        new BuiltinProvider(
            proxy,
            cloud.networks(),
            cloud.secrets(),
            settings.watch().observing(),
            clock,
            new Stapling(settings.ocspResponders(), clock, Thread::startVirtualThread));

    // What decides.
    control =
        new ControlPlane(
            new SqlStateStore(database),
            provider,
            cloud.networks(),
            cloud.secrets(),
            Patterns::isValid,
            ValueJson::read,
            clock,
            ids,
            controlSettings(settings));
    control.start();

    // What is seen from outside.
    Healthcheck healthcheck = healthcheck(settings, clock);
    OctaviaApi octavia =
        new OctaviaApi(
            control::submit,
            control.inventory(),
            control.quotas(),
            control.catalog(),
            control::tellAgain,
            cloud.identity(),
            controlSettings(settings),
            new OctaviaApi.Service(settings.api().maxLimit(), healthcheck));
    List<OfProcess> ofProcess = processMetrics(settings);
    push =
        settings
            .watch()
            .otlp()
            .map(
                it ->
                    MetricsPush.start(
                        it,
                        origin(settings, began),
                        sink -> {
                          ofProcess.forEach(metric -> metric.tell(sink));
                          provider.tellMetrics(sink);
                        },
                        clock));
    MetricsSite metrics =
        new MetricsSite(
            settings.watch().metrics(),
            settings.api().behindProxy(),
            cloud.identity(),
            ofProcess,
            provider::metrics);
    certificate = settings.api().tls().map(PortCertificate::new);
    web =
        serve(
            webSettings(settings, ids, clock),
            Stream.concat(
                    Stream.of(
                        octavia.site(Cloud.LOAD_BALANCER),
                        healthcheck.site("/healthcheck"),
                        metrics.site()),
                    cloud.sites().stream())
                .toList());
    url = settings.publicUrl().map(URI::toString).orElseGet(() -> boundUrl(settings, web));
    publicUrl.set(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    cloud.admin().ifPresent(state::save);
    cloud.start();
    certificate.ifPresent(PortCertificate::watch);
  }

  private static List<Migration> migrations(List<String> scripts) {
    return IntStream.range(0, scripts.size())
        .mapToObj(i -> new Migration(i + 1, "cloud documents", scripts.get(i)))
        .toList();
  }

  private static ProxySettings proxySettings(Settings settings) {
    ProxySettings standard =
        ProxySettings.standard().withTransport(settings.transport()).withTls(settings.tls());
    return settings.loops() == 0 ? standard : standard.withLoops(settings.loops());
  }

  private List<OfProcess> processMetrics(Settings settings) {
    Runtime runtime = Runtime.getRuntime();
    int loops = proxySettings(settings).loops();
    return List.of(
        new OfProcess("agrippa_event_loops", "Event loops of the data plane.", () -> loops),
        new OfProcess(
            "agrippa_loadbalancers", "Load balancers served.", () -> proxy.plans().size()),
        new OfProcess(
            "agrippa_access_log_dropped_total",
            "Lines of the access log that were not written.",
            () -> accessLog.map(AccessLog::dropped).orElse(0L)),
        new OfProcess(
            "jvm_heap_used_bytes",
            "Heap in use, garbage included.",
            () -> runtime.totalMemory() - runtime.freeMemory()),
        new OfProcess(
            "jvm_heap_committed_bytes", "Heap taken from the system.", runtime::totalMemory),
        new OfProcess("jvm_heap_max_bytes", "The most that the heap may be.", runtime::maxMemory));
  }

  /// The same state folder on the same machine is the same instance.
  private static Origin origin(Settings settings, Instant began) {
    String host = Servers.host();
    String place = host + ":" + settings.state().toAbsolutePath().normalize();
    return new Origin(
        Main.Version.number(),
        UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8)).toString(),
        host,
        began);
  }

  private AccessLog accessLog(AccessLogSettings log, InstantSource clock) {
    try {
      return AccessLog.start(proxy.journals(), log, clock);
    } catch (IOException e) {
      throw new UserError("the access log cannot be opened: " + e.getMessage(), e);
    }
  }

  private static ControlSettings controlSettings(Settings settings) {
    ControlSettings.Pace pace = ControlSettings.DEFAULT.pace();
    return ControlSettings.DEFAULT
        .with(settings.quotas())
        .with(settings.policy())
        .with(
            new ControlSettings.Pace(
                settings.writeHold(),
                pace.period(),
                pace.resync(),
                pace.firstRetry(),
                pace.lastRetry()));
  }

  /// What everything else stands on.
  private Healthcheck healthcheck(Settings settings, InstantSource clock) {
    return new Healthcheck(
        List.of(
            new Healthcheck.Part(
                "database",
                () -> {
                  database.probe();
                  return Optional.empty();
                }),
            new Healthcheck.Part("data plane", () -> proxy.complaint(HEALTH_PATIENCE)),
            new Healthcheck.Part("reconciler", control::complaint)),
        settings.api().healthcheckDetails(),
        HEALTH_PATIENCE,
        clock);
  }

  private WebSettings webSettings(Settings settings, Supplier<UUID> ids, InstantSource clock) {
    ApiSettings api = settings.api();
    WebSettings.Limits limits = WebSettings.Limits.DEFAULT;
    return WebSettings.loopback(settings.port(), ids, clock)
        .withHost(settings.bind())
        .with(
            new WebSettings.Limits(
                limits.body(), limits.connections(), limits.idle(), settings.stopGrace()))
        .with(
            new Front(
                certificate.map(PortCertificate::context).orElse(null),
                api.behindProxy(),
                api.cors()));
  }

  private static WebServer serve(WebSettings settings, List<Site> sites) {
    try {
      return WebServer.start(settings, sites);
    } catch (UncheckedIOException e) {
      throw new UserError(
          "cannot listen at "
              + settings.host()
              + " port "
              + settings.port()
              + ": "
              + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
              + "; choose another with --bind and --port",
          e);
    }
  }

  private static String boundUrl(Settings settings, WebServer web) {
    String host = settings.bind().contains(":") ? "[" + settings.bind() + "]" : settings.bind();
    return (settings.api().tls().isPresent() ? "https://" : "http://") + host + ":" + web.port();
  }

  /// Where the program is reached, without trailing slash.
  String url() {
    return url;
  }

  /// How the admin logs in.
  ///
  /// @throws UserError if that is a real Keystone's affair
  AdminCredentials admin() {
    return cloud
        .admin()
        .orElseThrow(() -> new UserError("a real Keystone knows its admin; ask its operator"));
  }

  /// Stops taking requests, lets those under way finish, saves what must be saved, and lets clients
  /// of the load balancers finish. What is stored
  /// stays as it is: the next start goes on from there.
  @Override
  public void close() {
    certificate.ifPresent(PortCertificate::close);
    web.close();
    control.close();
    proxy.drain(stopGrace);
    push.ifPresent(MetricsPush::close);
    proxy.close();
    accessLog.ifPresent(AccessLog::close);
    cloud.close();
    database.close();
    release(claim);
  }

  private static void release(FileLock claim) {
    try {
      claim.acquiredBy().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
