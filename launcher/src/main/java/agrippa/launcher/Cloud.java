package agrippa.launcher;

import agrippa.cloud.Documents;
import agrippa.cloud.fabric.Fabric;
import agrippa.cloud.fabric.FabricException;
import agrippa.cloud.identity.EmbeddedIdentity;
import agrippa.cloud.identity.EmbeddedIdentity.CatalogService;
import agrippa.cloud.identity.KeystoneIdentity;
import agrippa.cloud.network.EmbeddedNetwork;
import agrippa.cloud.network.NetworkDriver;
import agrippa.cloud.network.NeutronNetworks;
import agrippa.cloud.openstack.KeystoneSession;
import agrippa.cloud.openstack.RestClient;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.secret.BarbicanSecrets;
import agrippa.cloud.secret.EmbeddedSecrets;
import agrippa.control.spi.Identity;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Secrets;
import agrippa.model.ProjectId;
import agrippa.web.Site;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The cloud that the load balancers live in: each of its services embedded, or a client of the
/// real one.
final class Cloud implements AutoCloseable {
  static final String LOAD_BALANCER = "/load-balancer";
  private static final String NETWORK = "/network";

  // Who owns the network `public` of the embedded service where projects are a real Keystone's.
  private static final ProjectId OPERATOR = new ProjectId("operator");

  /// In the catalogue, in this order: no version in the URLs, as clients add their own; but for
  /// Nova's, whose client does not.
  private static final List<CatalogService> CATALOG =
      List.of(
          new CatalogService("identity", "keystone", EmbeddedIdentity.PREFIX),
          new CatalogService("load-balancer", "octavia", LOAD_BALANCER),
          new CatalogService("network", "neutron", NETWORK),
          new CatalogService("key-manager", "barbican", EmbeddedSecrets.PREFIX),
          new CatalogService("compute", "nova", Servers.COMPUTE + "/v2.1"),
          new CatalogService("image", "glance", Servers.IMAGE));

  private final Identity identity;
  private final Networks networks;
  private final Secrets secrets;
  private final EmbeddedIdentity.@Nullable Admin admin;
  private final List<Site> sites = new ArrayList<>();
  private final List<EmbeddedNetwork> opened = new ArrayList<>();
  private final @Nullable RestClient rest;
  private final @Nullable Servers servers;

  /// Makes the services, or connects to nothing yet: a real one may come up later.
  ///
  /// @param world clock, randomness, ids
  /// @param publicUrl of this program; known once it serves
  Cloud(
      Settings settings,
      Documents documents,
      StateFolder state,
      World world,
      Supplier<String> publicUrl) {
    Optional<CloudSettings.Keystone> keystone = settings.cloud().identity();
    rest = keystone.map(Cloud::rest).orElse(null);
    RestClient client = rest;
    if (client != null && keystone.isPresent()) {
      CloudSettings.Keystone it = keystone.get();
      KeystoneSession session =
          new KeystoneSession(
              client,
              new KeystoneSession.Place(it.url(), it.region(), it.face().text()),
              it.user(),
              world.clock());
      identity = new KeystoneIdentity(session, world.clock(), it.cache(), it.publicUrl());
      admin = null;
      servers = null;
      networks = networks(settings, documents, world, session);
      secrets = secrets(settings, documents, state.secretKey(), world, session, publicUrl);
    } else {
      EmbeddedIdentity own =
          new EmbeddedIdentity(
              documents,
              world.clock(),
              world.random(),
              world.ids(),
              settings.tokenLifetime(),
              CATALOG,
              publicUrl);
      admin = own.bootstrap(knownPassword(state));
      identity = own;
      sites.add(own.site());
      ProjectId operator = own.project(admin.project()).orElseThrow();
      networks = embedded(documents, driver(settings), operator, world);
      secrets = embedded(documents, state.secretKey(), world, publicUrl);
      servers = new Servers(documents, state, opened.getFirst().serverPorts(), world, operator);
      sites.addAll(servers.sites(identity));
    }
  }

  /// What is the same everywhere in the program.
  record World(InstantSource clock, SecureRandom random, Supplier<UUID> ids) {}

  private static RestClient rest(CloudSettings.Keystone keystone) {
    Path authorities = keystone.authorities();
    return new RestClient(
        keystone.timeout(), authorities == null ? null : Authorities.trusted(authorities));
  }

  /// The admin's password is generated once and then kept in `clouds.yaml` only.
  private static @Nullable String knownPassword(StateFolder state) {
    return state.hasCredentials() ? state.credentials().password() : null;
  }

  private Networks networks(
      Settings settings, Documents documents, World world, KeystoneSession session) {
    return settings
        .cloud()
        .network()
        .<Networks>map(
            it ->
                new NeutronNetworks(
                    new ServiceClient(session, ServiceClient.Kind.NETWORK, it.url()),
                    documents,
                    it.reach()))
        .orElseGet(() -> embedded(documents, driver(settings), OPERATOR, world));
  }

  private Secrets secrets(
      Settings settings,
      Documents documents,
      Path keyFile,
      World world,
      KeystoneSession session,
      Supplier<String> publicUrl) {
    return settings
        .cloud()
        .secret()
        .<Secrets>map(
            it ->
                new BarbicanSecrets(
                    new ServiceClient(session, ServiceClient.Kind.KEY_MANAGER, it.url()),
                    documents,
                    world.clock(),
                    it.cache()))
        .orElseGet(() -> embedded(documents, keyFile, world, publicUrl));
  }

  private Networks embedded(
      Documents documents, NetworkDriver driver, ProjectId operator, World world) {
    EmbeddedNetwork network = opened(documents, driver, operator, world);
    opened.add(network);
    sites.add(network.site(NETWORK, identity));
    return network.networks();
  }

  private static EmbeddedNetwork opened(
      Documents documents, NetworkDriver driver, ProjectId operator, World world) {
    try {
      return new EmbeddedNetwork(
          documents, driver, operator, world.clock(), world.ids(), world.random());
    } catch (FabricException e) {
      throw new UserError(
          "cannot make networks in the kernel: "
              + e.getMessage()
              + "; the network driver linux needs root, and Debian's packages iproute2, nftables"
              + " and procps",
          e);
    }
  }

  private static NetworkDriver driver(Settings settings) {
    return settings
        .cloud()
        .kernel()
        .<NetworkDriver>map(
            it -> new NetworkDriver.Linux(new Fabric(settings.state()), it.hostAccess()))
        .orElseGet(NetworkDriver.Mirror::new);
  }

  private Secrets embedded(
      Documents documents, Path keyFile, World world, Supplier<String> publicUrl) {
    EmbeddedSecrets embedded =
        new EmbeddedSecrets(
            documents, keyFile, identity, world.clock(), world.random(), world.ids(), publicUrl);
    sites.add(embedded.site());
    return embedded;
  }

  /// Looks after servers from now on.
  void start() {
    Servers own = servers;
    if (own != null) {
      own.start();
    }
  }

  Identity identity() {
    return identity;
  }

  Networks networks() {
    return networks;
  }

  Secrets secrets() {
    return secrets;
  }

  /// The faces of the embedded services.
  List<Site> sites() {
    return List.copyOf(sites);
  }

  /// How the admin of an embedded identity service logs in; nothing where Keystone is real.
  Optional<AdminCredentials> admin() {
    return Optional.ofNullable(admin)
        .map(
            it ->
                new AdminCredentials(
                    identity.publicUrl() + "/v3",
                    it.user(),
                    it.password(),
                    it.project(),
                    EmbeddedIdentity.REGION));
  }

  @Override
  public void close() {
    Servers own = servers;
    if (own != null) {
      own.close();
    }
    opened.forEach(EmbeddedNetwork::close);
    RestClient client = rest;
    if (client != null) {
      client.close();
    }
  }
}
