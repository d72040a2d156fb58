package agrippa.provider.builtin;

import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.Labels;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTimeouts;
import agrippa.model.ListenerTls;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.SessionPersistence;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Journaling;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.UpstreamOptions;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns a load balancer into what the proxy shall do. Pure: the same tree and facts give the same
/// plan. The plan is named after the load balancer, frontends after listeners, routes after
/// policies, upstreams after pools, endpoints after members.
///
/// A pool becomes one upstream however many listeners use it, so that its members are checked once
/// and their health is one truth; what differs between listeners belongs to their frontends.
final class PlanCompiler {
  /// The name of the cookie that keeps clients at members; HAProxy's as Octavia sets it up.
  private static final String INSERTED_COOKIE = "SRV";

  /// What a connection limit of -1 or 0 stands for (`default_connection_limit`).
  private static final int DEFAULT_CONNECTION_LIMIT = 50_000;

  /// On any path: Octavia documents `/metrics`, and its exporter does not look.
  private static final Route METRICS =
      new Route("metrics", List.of(), new Route.Action.Report(MetricsPage.CONTENT_TYPE));

  /// What keepalived takes if a pool of datagrams says nothing.
  private static final Duration DEFAULT_PERSISTENCE = Duration.ofSeconds(360);

  private final Rendered rendered;
  private final LoadBalancerTree tree;
  private final Facts facts;

  private PlanCompiler(LoadBalancerTree tree, Facts facts) {
    this.rendered = new Rendered(tree);
    this.tree = tree;
    this.facts = facts;
  }

  /// @param without listeners that cannot serve for want of certificates
  static ProxyPlan compile(LoadBalancerTree tree, Facts facts, Set<ListenerId> without) {
    return new PlanCompiler(tree, facts).plan(without);
  }

  private ProxyPlan plan(Set<ListenerId> without) {
    List<Frontend> frontends = new ArrayList<>();
    SequencedSet<Pool> pools = new LinkedHashSet<>();
    for (Listener listener : rendered.listeners()) {
      if (!without.contains(listener.id())) {
        frontends.add(frontend(listener));
        pools.addAll(rendered.pools(listener));
      }
    }
    return new ProxyPlan(
        tree.id().toString(),
        frontends,
        pools.stream().map(this::upstream).toList(),
        facts.namespace());
  }

  // Frontends.

  private Frontend frontend(Listener listener) {
    return new Frontend(
        listener.id().toString(),
        mode(listener.protocol()),
        facts.listenAddresses().stream()
            .map(it -> new InetSocketAddress(it, listener.protocolPort()))
            .toList(),
        TlsMaterial.endsTls(listener)
            ? Objects.requireNonNull(facts.listenerTls().get(listener.id()), "no TLS material")
            : null,
        allowed(listener),
        Math.min(connectionLimit(listener), facts.connectionLimit()),
        timeouts(listener.timeouts()),
        headers(listener),
        strictTransport(listener),
        routes(listener),
        rendered.pool(listener.defaultPool()).map(it -> it.id().toString()).orElse(null),
        options(listener));
  }

  private FrontendOptions options(Listener listener) {
    Extended asked = extended(listener.labels());
    return FrontendOptions.DEFAULT
        .withTunnelIdle(asked.get(Extensions.TUNNEL_TIMEOUT).map(Duration::toMillis).orElse(null))
        .withPerClient(ListenerTags.perClient(asked))
        .withRewriting(ListenerTags.rewriting(listener, asked))
        .withCompression(ListenerTags.compression(listener, asked))
        .withProxies(arrivals(asked.all(Extensions.ACCEPT_PROXY).stream().flatMap(List::stream)))
        .withSplit(split(listener))
        .withPath(path(listener, asked))
        .withJournaling(journaling(asked))
        .withTrace(
            mode(listener.protocol()) == Mode.HTTP
                && asked.get(WatchingExtensions.TRACE).orElse(facts.observing().trace()));
  }

  /// Tenants may want less than operators allow, not more: the room is theirs.
  private @Nullable Journaling journaling(Extended asked) {
    int allowed = asked.ofFlavor(WatchingExtensions.ACCESS_LOG).orElse(facts.observing().oneIn());
    int wanted = asked.get(WatchingExtensions.ACCESS_LOG).orElse(allowed);
    return facts.observing().oneIn() == 0 || allowed == 0 || wanted == 0
        ? null
        : new Journaling(
            tree.loadBalancer().project().toString(),
            tree.id().toString(),
            Math.max(allowed, wanted));
  }

  /// Security groups of the VIP watch what arrives at this load balancer and leaves it, not what
  /// is passed on: with them, the proxy serves.
  private FrontendOptions.Path path(Listener listener, Extended asked) {
    boolean possible =
        mode(listener.protocol()) != Mode.HTTP
            && tree.loadBalancer().vip().securityGroups().isEmpty();
    return asked.ofFlavor(Extensions.L4).filter(_ -> possible).orElse(FrontendOptions.Path.PROXY);
  }

  private List<FrontendOptions.Share> split(Listener listener) {
    return BalancingTags.shares(listener).entrySet().stream()
        .filter(it -> rendered.pool(it.getKey()).isPresent())
        .map(it -> new FrontendOptions.Share(it.getKey().toString(), it.getValue()))
        .toList();
  }

  private Extended extended(Labels labels) {
    return new Extended(labels.tags(), tree.loadBalancer().labels().tags(), facts.flavor());
  }

  private static int connectionLimit(Listener listener) {
    return listener.connectionLimit() < 1 ? DEFAULT_CONNECTION_LIMIT : listener.connectionLimit();
  }

  private static Mode mode(ListenerProtocol protocol) {
    return switch (protocol) {
      case TCP, HTTPS -> Mode.TCP;
      case HTTP, TERMINATED_HTTPS, PROMETHEUS -> Mode.HTTP;
      case UDP -> Mode.UDP;
      case SCTP -> Mode.SCTP;
    };
  }

  private List<Cidr> allowed(Listener listener) {
    return arrivals(listener.allowedCidrs().stream());
  }

  private List<Cidr> arrivals(Stream<String> networks) {
    return networks.flatMap(it -> facts.arrivals().of(it).stream()).distinct().toList();
  }

  /// 0 of the first three means the default, not eternity.
  private static Frontend.Timeouts timeouts(ListenerTimeouts asked) {
    ListenerTimeouts standard = ListenerTimeouts.DEFAULT;
    return new Frontend.Timeouts(
        asked.clientData() == 0 ? standard.clientData() : asked.clientData(),
        asked.memberConnect() == 0 ? standard.memberConnect() : asked.memberConnect(),
        asked.memberData() == 0 ? standard.memberData() : asked.memberData(),
        asked.tcpInspect());
  }

  private static List<HeaderInsert> headers(Listener listener) {
    return listener.insertHeaders().entrySet().stream()
        .filter(it -> it.getValue().equalsIgnoreCase("true"))
        .map(it -> header(it.getKey()).orElseThrow())
        .sorted()
        .toList();
  }

  /// As Octavia has HAProxy write it.
  private static @Nullable String strictTransport(Listener listener) {
    ListenerTls tls = listener.tls();
    if (tls.hstsMaxAge() == null || listener.protocol() != ListenerProtocol.TERMINATED_HTTPS) {
      return null;
    }
    return "max-age=%d;%s%s"
        .formatted(
            tls.hstsMaxAge(),
            tls.hstsIncludeSubdomains() ? " includeSubDomains;" : "",
            tls.hstsPreload() ? " preload;" : "");
  }

  /// The header of this name, if the proxy can insert it.
  static Optional<HeaderInsert> header(String name) {
    return List.of(HeaderInsert.values()).stream()
        .filter(it -> it.header().equalsIgnoreCase(name))
        .findFirst();
  }

  // Routes.

  /// By class first, as HAProxy evaluates `http-request deny`, `redirect` and `use_backend`; by
  /// position within each class.
  private List<Route> routes(Listener listener) {
    if (listener.protocol() == ListenerProtocol.PROMETHEUS) {
      return List.of(METRICS);
    }
    return rendered.policies(listener).stream()
        .sorted(Comparator.comparingInt(it -> rank(it.action())))
        .map(this::route)
        .toList();
  }

  private static int rank(L7Action action) {
    return switch (action) {
      case L7Action.Reject() -> 0;
      case L7Action.ToUrl _, L7Action.ToPrefix _ -> 1;
      case L7Action.ToPool _ -> 2;
    };
  }

  private Route route(L7Policy policy) {
    return new Route(
        policy.id().toString(),
        rendered.rules(policy).stream().map(PlanCompiler::match).toList(),
        switch (policy.action()) {
          case L7Action.Reject() ->
              Objects.requireNonNullElse(ListenerTags.answer(policy), new Route.Action.Reject());
          case L7Action.ToUrl(var url, var code) -> new Route.Action.Redirect(url, code);
          case L7Action.ToPrefix(var prefix, var code) ->
              new Route.Action.RedirectPrefix(prefix, code);
          case L7Action.ToPool(var pool) -> new Route.Action.Forward(pool.toString());
        });
  }

  private static Match match(L7Rule rule) {
    return new Match(subject(rule), comparison(rule.compareType()), value(rule), rule.invert());
  }

  private static Subject subject(L7Rule rule) {
    return switch (rule.type()) {
      case HOST_NAME -> new Subject.Host();
      case PATH -> new Subject.Path();
      case FILE_TYPE -> new Subject.FileType();
      case HEADER -> new Subject.Header(key(rule));
      case COOKIE -> new Subject.Cookie(key(rule));
      case SSL_CONN_HAS_CERT -> new Subject.ClientCertificate();
      case SSL_VERIFY_RESULT -> new Subject.ClientVerifyResult();
      case SSL_DN_FIELD -> new Subject.ClientName(key(rule));
    };
  }

  private static String key(L7Rule rule) {
    return Objects.requireNonNull(rule.key(), "a rule of this type has a key");
  }

  /// In the one spelling that the proxy compares with: `true`, and numbers without leading zeros.
  private static String value(L7Rule rule) {
    return switch (rule.type()) {
      case SSL_CONN_HAS_CERT -> "true";
      case SSL_VERIFY_RESULT -> new BigInteger(rule.value()).toString();
      case HOST_NAME, PATH, FILE_TYPE, HEADER, COOKIE, SSL_DN_FIELD -> rule.value();
    };
  }

  private static Comparison comparison(L7Rule.CompareType type) {
    return switch (type) {
      case REGEX -> Comparison.REGEX;
      case STARTS_WITH -> Comparison.STARTS_WITH;
      case ENDS_WITH -> Comparison.ENDS_WITH;
      case CONTAINS -> Comparison.CONTAINS;
      case EQUAL_TO -> Comparison.EQUAL_TO;
    };
  }

  // Upstreams.

  private Upstream upstream(Pool pool) {
    return new Upstream(
        pool.id().toString(),
        algorithm(pool.algorithm()),
        persistence(pool),
        rendered.members(pool).stream().map(this::endpoint).toList(),
        rendered
            .monitor(pool)
            .map(it -> Checks.check(it, pool.tls().enabled(), BalancingTags.grpcService(pool)))
            .orElse(null),
        pool.tls().enabled()
            ? Objects.requireNonNull(facts.poolTls().get(pool.id()), "no TLS material")
            : null,
        proxyProtocol(pool.protocol()),
        options(pool));
  }

  private UpstreamOptions options(Pool pool) {
    Extended asked = extended(pool.labels());
    return UpstreamOptions.DEFAULT
        .withHttp2(pool.protocol() == PoolProtocol.HTTP && asked.get(Extensions.H2C).orElse(false))
        .withBalancing(BalancingTags.of(asked))
        .withTlsTold(asked.get(Extensions.PROXY_TLVS).orElse(false));
  }

  private static Upstream.Algorithm algorithm(Pool.Algorithm algorithm) {
    return switch (algorithm) {
      case ROUND_ROBIN -> Upstream.Algorithm.ROUND_ROBIN;
      case LEAST_CONNECTIONS -> Upstream.Algorithm.LEAST_CONNECTIONS;
      case SOURCE_IP -> Upstream.Algorithm.SOURCE_IP;
      case SOURCE_IP_PORT -> Upstream.Algorithm.SOURCE_IP_PORT;
    };
  }

  private static Upstream.@Nullable Persistence persistence(Pool pool) {
    return switch (pool.persistence()) {
      case null -> null;
      case SessionPersistence.SourceIp it ->
          pool.protocol() == PoolProtocol.UDP ? timed(it) : new Upstream.Persistence.SourceIp();
      case SessionPersistence.HttpCookie() ->
          new Upstream.Persistence.InsertedCookie(INSERTED_COOKIE);
      case SessionPersistence.AppCookie(var name) -> new Upstream.Persistence.LearntCookie(name);
    };
  }

  private static Upstream.Persistence timed(SessionPersistence.SourceIp asked) {
    Integer seconds = asked.timeoutSeconds();
    String mask = asked.granularity();
    return new Upstream.Persistence.SourceIp(
        seconds == null || seconds < 1 ? DEFAULT_PERSISTENCE : Duration.ofSeconds(seconds),
        mask == null ? null : InetAddress.ofLiteral(mask));
  }

  private Endpoint endpoint(Member member) {
    String checked = member.monitorAddress();
    Integer checkedPort = member.monitorPort();
    return new Endpoint(
        member.id().toString(),
        at(member, member.address(), member.protocolPort()),
        member.weight(),
        member.backup(),
        member.adminStateUp(),
        at(
            member,
            checked == null ? member.address() : checked,
            checkedPort == null ? member.protocolPort() : checkedPort));
  }

  private InetSocketAddress at(Member member, String address, int port) {
    return new InetSocketAddress(facts.reach().of(address, member.subnet()), port);
  }

  private static Upstream.ProxyProtocol proxyProtocol(PoolProtocol protocol) {
    return switch (protocol) {
      case TCP, HTTP, HTTPS, UDP, SCTP -> Upstream.ProxyProtocol.NONE;
      case PROXY -> Upstream.ProxyProtocol.V1;
      case PROXYV2 -> Upstream.ProxyProtocol.V2;
    };
  }
}
