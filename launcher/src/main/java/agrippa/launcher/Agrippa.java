package agrippa.launcher;

import agrippa.api.OctaviaApi;
import agrippa.api.ValueJson;
import agrippa.cloud.Documents;
import agrippa.cloud.identity.EmbeddedIdentity;
import agrippa.cloud.identity.EmbeddedIdentity.CatalogService;
import agrippa.cloud.network.EmbeddedNetwork;
import agrippa.cloud.secret.EmbeddedSecrets;
import agrippa.control.ControlPlane;
import agrippa.control.ControlSettings;
import agrippa.provider.builtin.BuiltinProvider;
import agrippa.proxy.Patterns;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import agrippa.store.Database;
import agrippa.store.Migration;
import agrippa.store.SqlStateStore;
import agrippa.web.Site;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileLock;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The whole program: every object, and what it is connected to. Read from top to bottom, it is the
/// order of starting; closing goes the other way.
final class Agrippa implements AutoCloseable {
  private static final String LOAD_BALANCER = "/load-balancer";
  private static final String NETWORK = "/network";

  /// In the catalogue, in this order: no version in any URL, as clients add their own.
  private static final List<CatalogService> CATALOG =
      List.of(
          new CatalogService("identity", "keystone", EmbeddedIdentity.PREFIX),
          new CatalogService("load-balancer", "octavia", LOAD_BALANCER),
          new CatalogService("network", "neutron", NETWORK),
          new CatalogService("key-manager", "barbican", EmbeddedSecrets.PREFIX));

  private final FileLock claim;
  private final Database database;
  private final ProxyServer proxy;
  private final ControlPlane control;
  private final WebServer web;
  private final String url;
  private final AdminCredentials admin;

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
    InstantSource clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    Supplier<UUID> ids = UUID::randomUUID;

    // What is kept.
    database = Database.open(state.database());
    database.migrate("cloud", migrations(Documents.MIGRATIONS));
    Documents documents = new Documents(database.sql());

    // The embedded cloud. Its public URL is known once the port is.
    AtomicReference<String> publicUrl = new AtomicReference<>("");
    EmbeddedIdentity identity =
        new EmbeddedIdentity(
            documents, clock, random, ids, settings.tokenLifetime(), CATALOG, publicUrl::get);
    EmbeddedIdentity.Admin firstAdmin = identity.bootstrap(knownPassword(state));
    EmbeddedNetwork network =
        new EmbeddedNetwork(
            documents, identity.project(firstAdmin.project()).orElseThrow(), clock, ids, random);
    EmbeddedSecrets secrets =
        new EmbeddedSecrets(
            documents, state.secretKey(), identity, clock, random, ids, publicUrl::get);

    // What moves packets.
    proxy = ProxyServer.start(proxySettings(settings), clock, random);
    var networks = network.networks();
    BuiltinProvider provider = new BuiltinProvider(proxy, networks, secrets);

    // What decides.
    control =
        new ControlPlane(
            new SqlStateStore(database),
            provider,
            networks,
            secrets,
            Patterns::isValid,
            ValueJson::read,
            clock,
            ids,
            controlSettings(settings));
    control.start();

    // What is seen from outside.
    OctaviaApi octavia =
        new OctaviaApi(
            control::submit,
            control.inventory(),
            control.quotas(),
            control::tellAgain,
            identity,
            ControlSettings.Providers.DEFAULT);
    web =
        serve(
            WebSettings.loopback(settings.port(), ids, clock).withHost(settings.bind()),
            List.of(
                octavia.site(LOAD_BALANCER),
                identity.site(),
                network.site(NETWORK, identity),
                secrets.site()));
    url = settings.publicUrl().map(URI::toString).orElseGet(() -> boundUrl(settings, web));
    publicUrl.set(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    admin =
        new AdminCredentials(
            identity.publicUrl() + "/v3",
            firstAdmin.user(),
            firstAdmin.password(),
            firstAdmin.project(),
            EmbeddedIdentity.REGION);
    state.save(admin);
  }

  private static List<Migration> migrations(List<String> scripts) {
    return IntStream.range(0, scripts.size())
        .mapToObj(i -> new Migration(i + 1, "cloud documents", scripts.get(i)))
        .toList();
  }

  /// The admin's password is generated once and then kept in `clouds.yaml` only.
  private static @Nullable String knownPassword(StateFolder state) {
    return state.hasCredentials() ? state.credentials().password() : null;
  }

  private static ProxySettings proxySettings(Settings settings) {
    ProxySettings standard =
        ProxySettings.standard().withTransport(settings.transport()).withTls(settings.tls());
    return settings.loops() == 0 ? standard : standard.withLoops(settings.loops());
  }

  private static ControlSettings controlSettings(Settings settings) {
    ControlSettings.Pace pace = ControlSettings.DEFAULT.pace();
    return ControlSettings.DEFAULT
        .with(settings.quotas())
        .with(
            new ControlSettings.Pace(
                settings.writeHold(),
                pace.period(),
                pace.resync(),
                pace.firstRetry(),
                pace.lastRetry()));
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
    return "http://" + host + ":" + web.port();
  }

  /// Where the program is reached, without trailing slash.
  String url() {
    return url;
  }

  AdminCredentials admin() {
    return admin;
  }

  /// Stops taking requests, lets those under way finish, saves what must be saved. What is stored
  /// stays as it is: the next start goes on from there.
  @Override
  public void close() {
    web.close();
    control.close();
    proxy.close();
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
