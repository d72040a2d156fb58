package agrippa.provider.builtin;

import agrippa.control.spi.Capability;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Objection;
import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Provider;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.Shelf;
import agrippa.model.Statistics;
import agrippa.model.SubnetId;
import agrippa.provider.builtin.ocsp.Stapling;
import agrippa.proxy.ApplyResult;
import agrippa.proxy.ProxyReport;
import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxyReport.FrontendReport;
import agrippa.proxy.ProxyReport.FrontendState;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.stats.Counters;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Serves load balancers with a proxy in this process. It keeps nothing itself: a tree is compiled
/// anew each time, and the proxy finds out what changed.
public final class BuiltinProvider implements Provider {
  private static final System.Logger LOG = System.getLogger(BuiltinProvider.class.getName());

  private final ProxyServer proxy;
  private final Networks networks;
  private final Secrets secrets;
  private final TlsMaterial tls;
  private final Observing observing;
  // Projects by the ids of load balancers.
  private final Map<String, String> owners = new ConcurrentHashMap<>();
  private final ExpiryWarnings expiry;
  private final Vetting vetting = new Vetting(ProxyServer.missingForSctp());

  /// @param proxy serves the load balancers' plans, each named after its id; stays the caller's to
  ///     close; its reports are written here from now on
  /// @param observing what operators want to know
  /// @param clock tells when certificates end
  /// @param stapling knows what certificates' issuers say of them
  public BuiltinProvider(
      ProxyServer proxy,
      Networks networks,
      Secrets secrets,
      Observing observing,
      InstantSource clock,
      Stapling stapling) {
    this.observing = observing;
    this.proxy = proxy;
    this.networks = networks;
    this.secrets = secrets;
    this.tls = new TlsMaterial(secrets, stapling);
    this.expiry = new ExpiryWarnings(clock);
    proxy.reporter(MetricsPage::of);
  }

  @Override
  public Optional<Objection> vet(LoadBalancerTree tree, @Nullable LoadBalancerTree before) {
    return ReservedTags.complaint(tree)
        .or(() -> BalancingTags.complaint(tree, before))
        .or(() -> ListenerTags.complaint(tree))
        .<Objection>map(Objection.Invalid::new)
        .or(() -> vetting.vet(tree).map(Objection.Unsupported::new));
  }

  @Override
  public List<Capability> capabilities(Shelf shelf) {
    return Capabilities.of(shelf);
  }

  @Override
  public Outcome converge(LoadBalancerTree tree, ProfileSettings settings) {
    owners.put(tree.id().toString(), tree.loadBalancer().project().toString());
    try {
      Gathered gathered = gather(tree, settings);
      Map<ListenerId, String> failed = new HashMap<>(gathered.failed());
      ProxyPlan plan = PlanCompiler.compile(tree, gathered.facts(), gathered.failed().keySet());
      ApplyResult result = proxy.apply(plan);
      result
          .frontends()
          .forEach(
              (name, outcome) -> {
                if (outcome instanceof ApplyResult.NotBound(String reason)) {
                  failed.put(new ListenerId(UUID.fromString(name)), reason);
                }
              });
      secrets.use(tree.id(), SecretReferences.of(tree));
      expiry
          .due(tree.id(), plan)
          .forEach(
              it -> LOG.log(System.Logger.Level.WARNING, "load balancer {0}: {1}", tree.id(), it));
      return new Outcome.Converged(Map.copyOf(failed));
    } catch (ServiceUnavailableException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  /// @param failed listeners that must stay out, with the reason
  private record Gathered(Facts facts, Map<ListenerId, String> failed) {}

  /// Asks the other services for everything that a plan needs.
  private Gathered gather(LoadBalancerTree tree, ProfileSettings settings) {
    Rendered rendered = new Rendered(tree);
    Map<ListenerId, TlsServer> servers = new HashMap<>();
    Map<PoolId, TlsClient> clients = new HashMap<>();
    Map<ListenerId, String> failed = new HashMap<>();
    for (Listener listener : rendered.listeners()) {
      try {
        if (TlsMaterial.endsTls(listener)) {
          servers.put(listener.id(), tls.server(listener));
        }
        for (Pool pool : rendered.pools(listener)) {
          if (pool.tls().enabled() && !clients.containsKey(pool.id())) {
            clients.put(pool.id(), tls.client(pool));
          }
        }
      } catch (TlsMaterial.MissingException e) {
        failed.put(listener.id(), String.valueOf(e.getMessage()));
      }
    }
    LoadBalancer balancer = tree.loadBalancer();
    Facts facts =
        new Facts(
            networks.connect(tree.id(), subnets(rendered)).map(Path::of).orElse(null),
            networks.listenAddresses(balancer.vip(), balancer.additionalVips()),
            (address, subnet) -> networks.reach(address, subnet, balancer.vip()),
            cidr -> arrivals(cidr, balancer),
            servers,
            clients,
            Capabilities.connectionLimit(settings),
            Extended.flavor(settings),
            observing);
    return new Gathered(facts, failed);
  }

  /// The subnets that members say they are in; others are reached by way of the VIP's.
  private static Set<SubnetId> subnets(Rendered rendered) {
    return rendered.listeners().stream()
        .flatMap(it -> rendered.pools(it).stream())
        .flatMap(it -> rendered.members(it).stream())
        .map(Member::subnet)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }

  private List<Cidr> arrivals(String cidr, LoadBalancer balancer) {
    return networks.arrivals(cidr, balancer.vip()).stream().map(Cidr::parse).toList();
  }

  /// Metrics of all load balancers in Prometheus' text format, in pieces of some kilobytes, each
  /// made when it is asked for. They are those of PROMETHEUS listeners, with the labels
  /// `project` and `loadbalancer`.
  public Iterator<byte[]> metrics() {
    return MetricsPage.ofAll(balancers());
  }

  /// Tells the same. What takes it may take its time: each value is as of when it is told.
  public void tellMetrics(MetricSink sink) {
    MetricParts.ofAll(balancers()).forEach(it -> it.tell(sink));
  }

  private List<MetricParts.Balancer> balancers() {
    return proxy.plans().stream().sorted().flatMap(it -> balancer(it).stream()).toList();
  }

  private Optional<MetricParts.Balancer> balancer(String plan) {
    MetricLabels labels =
        MetricLabels.NONE.and("project", owners.getOrDefault(plan, "")).and("loadbalancer", plan);
    return proxy.measure(plan).map(it -> new MetricParts.Balancer(labels, it));
  }

  @Override
  public void remove(LoadBalancerId id) {
    owners.remove(id.toString());
    proxy.remove(id.toString());
    expiry.forget(id);
    secrets.use(id, Set.of());
  }

  @Override
  public Optional<Observation> observe(LoadBalancerId id) {
    return proxy.observe(id.toString()).map(BuiltinProvider::observation);
  }

  private static Observation observation(ProxyReport report) {
    Map<ListenerId, ListenerState> listeners = new HashMap<>();
    report
        .frontends()
        .forEach((name, it) -> listeners.put(new ListenerId(UUID.fromString(name)), state(it)));
    Map<MemberId, OperatingStatus> members = new HashMap<>();
    report.upstreams().values().stream()
        .map(ProxyReport.UpstreamReport::endpoints)
        .forEach(
            it ->
                it.forEach(
                    (name, endpoint) -> members.put(member(name), status(endpoint.state()))));
    Set<PoolId> pools =
        report.upstreams().keySet().stream()
            .map(it -> new PoolId(UUID.fromString(it)))
            .collect(Collectors.toUnmodifiableSet());
    return new Observation(Map.copyOf(listeners), pools, Map.copyOf(members));
  }

  private static MemberId member(String name) {
    return new MemberId(UUID.fromString(name));
  }

  private static ListenerState state(FrontendReport report) {
    Counters counters = report.counters();
    return new ListenerState(
        report.state() == FrontendState.FULL,
        new Statistics(
            counters.bytesIn(),
            counters.bytesOut(),
            counters.connectionsOpen(),
            counters.connectionsTotal(),
            counters.requestErrors()));
  }

  private static OperatingStatus status(EndpointState state) {
    return switch (state) {
      case UP -> OperatingStatus.ONLINE;
      case DOWN -> OperatingStatus.ERROR;
      case DRAIN -> OperatingStatus.DRAINING;
      case MAINT -> OperatingStatus.OFFLINE;
      case NO_CHECK -> OperatingStatus.NO_MONITOR;
    };
  }

  @Override
  public void onChange(Consumer<LoadBalancerId> listener) {
    proxy.onHealthChange(name -> listener.accept(new LoadBalancerId(UUID.fromString(name))));
  }
}
