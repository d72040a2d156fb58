package agrippa.control.testing;

import agrippa.model.HealthMonitor;
import agrippa.model.HealthMonitorId;
import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.L7RuleId;
import agrippa.model.Labels;
import agrippa.model.Lifecycle;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTimeouts;
import agrippa.model.ListenerTls;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.NetworkId;
import agrippa.model.OperatingStatus;
import agrippa.model.Placement;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.PoolTls;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.ProvisioningStatus;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SessionPersistence;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Trees of any shape that the model allows, however senseless.
public final class RandomTrees {
  private final Random random;

  public RandomTrees(long seed) {
    random = new Random(seed);
  }

  /// A tree of generation 1.
  public LoadBalancerTree next() {
    return next(new ProjectId(text()));
  }

  /// A tree of generation 1 in a project.
  public LoadBalancerTree next(ProjectId project) {
    var pools = many(this::pool);
    return new LoadBalancerTree(loadBalancer(project), 1, many(() -> listener(pools)), pools);
  }

  private LoadBalancer loadBalancer(ProjectId project) {
    return new LoadBalancer(
        new LoadBalancerId(uuid()),
        project,
        labels(),
        random.nextBoolean(),
        new Vip(
            "10.0.0." + random.nextInt(256),
            new PortId(uuid()),
            random.nextBoolean(),
            new SubnetId(uuid()),
            new NetworkId(uuid()),
            orNull(() -> new QosPolicyId(uuid())),
            many(() -> new SecurityGroupId(uuid()))),
        many(() -> new Vip.Additional(new SubnetId(uuid()), "2001:db8::" + random.nextInt(9))),
        text(),
        new Placement(orNull(this::text), orNull(this::text)),
        random.nextInt(3),
        lifecycle());
  }

  private Listener listener(List<Pool> pools) {
    return new Listener(
        new ListenerId(uuid()),
        labels(),
        random.nextBoolean(),
        oneOf(ListenerProtocol.values()),
        random.nextInt(65535) + 1,
        random.nextInt(100) - 1,
        orNull(() -> new PoolId(uuid())),
        listenerTls(),
        headers(),
        new ListenerTimeouts(random.nextInt(9), random.nextInt(9), 2_073_600_000, 0),
        texts(),
        many(() -> policy(pools)),
        lifecycle());
  }

  private ListenerTls listenerTls() {
    return new ListenerTls(
        orNull(this::text),
        texts(),
        orNull(this::text),
        oneOf(ListenerTls.ClientAuthentication.values()),
        orNull(this::text),
        orNull(this::text),
        orNull(this::texts),
        orNull(this::texts),
        orNull(() -> random.nextInt(1000)),
        random.nextBoolean(),
        random.nextBoolean());
  }

  private Map<String, String> headers() {
    var headers = new LinkedHashMap<String, String>();
    texts().forEach(name -> headers.put(name, text()));
    return headers;
  }

  private L7Policy policy(List<Pool> pools) {
    return new L7Policy(
        new L7PolicyId(uuid()),
        labels(),
        random.nextBoolean(),
        action(pools),
        many(this::rule),
        lifecycle());
  }

  private L7Action action(List<Pool> pools) {
    return switch (random.nextInt(4)) {
      case 0 -> new L7Action.Reject();
      case 1 -> new L7Action.ToUrl(text(), 307);
      case 2 -> new L7Action.ToPrefix(text(), 302);
      default -> new L7Action.ToPool(pools.isEmpty() ? new PoolId(uuid()) : pools.getFirst().id());
    };
  }

  private L7Rule rule() {
    return new L7Rule(
        new L7RuleId(uuid()),
        texts(),
        random.nextBoolean(),
        oneOf(L7Rule.Type.values()),
        oneOf(L7Rule.CompareType.values()),
        orNull(this::text),
        text(),
        random.nextBoolean(),
        lifecycle());
  }

  private Pool pool() {
    return new Pool(
        new PoolId(uuid()),
        labels(),
        random.nextBoolean(),
        oneOf(PoolProtocol.values()),
        oneOf(Pool.Algorithm.values()),
        orNull(this::persistence),
        new PoolTls(
            random.nextBoolean(),
            orNull(this::text),
            orNull(this::text),
            orNull(this::text),
            orNull(this::text),
            orNull(this::texts),
            orNull(this::texts)),
        many(this::member),
        orNull(this::monitor),
        lifecycle());
  }

  private SessionPersistence persistence() {
    return switch (random.nextInt(3)) {
      case 0 -> new SessionPersistence.SourceIp(orNull(() -> 360), orNull(this::text));
      case 1 -> new SessionPersistence.HttpCookie();
      default -> new SessionPersistence.AppCookie(text());
    };
  }

  private Member member() {
    return new Member(
        new MemberId(uuid()),
        labels(),
        random.nextBoolean(),
        "192.0.2." + random.nextInt(256),
        random.nextInt(65535) + 1,
        random.nextInt(257),
        random.nextBoolean(),
        orNull(() -> new SubnetId(uuid())),
        orNull(this::text),
        orNull(() -> random.nextInt(65535) + 1),
        lifecycle());
  }

  private HealthMonitor monitor() {
    return new HealthMonitor(
        new HealthMonitorId(uuid()),
        labels(),
        random.nextBoolean(),
        oneOf(MonitorType.values()),
        random.nextInt(100),
        random.nextInt(100),
        random.nextInt(10) + 1,
        random.nextInt(10) + 1,
        orNull(this::text),
        orNull(this::text),
        orNull(this::text),
        orNull(() -> 1.1),
        orNull(this::text),
        lifecycle());
  }

  private Lifecycle lifecycle() {
    return new Lifecycle(
        Instant.ofEpochSecond(random.nextLong(4_000_000_000L)),
        orNull(() -> Instant.ofEpochSecond(random.nextLong(4_000_000_000L))),
        oneOf(ProvisioningStatus.values()),
        oneOf(OperatingStatus.values()));
  }

  private Labels labels() {
    return new Labels(text(), text(), texts());
  }

  /// Quotes, control characters, anything beyond ASCII: whatever a tenant may call a thing.
  private String text() {
    var characters = "aZ09 \"'\\{}[]<>&\n\t\u0000\u00e9\u4e2d\ud83d\ude00";
    return IntStream.range(0, random.nextInt(12))
        .mapToObj(
            i -> {
              int at = random.nextInt(characters.codePointCount(0, characters.length()));
              return Character.toString(
                  characters.codePointAt(characters.offsetByCodePoints(0, at)));
            })
        .reduce("", String::concat);
  }

  private List<String> texts() {
    return many(this::text);
  }

  private <T> List<T> many(Supplier<T> one) {
    return Stream.generate(one).limit(random.nextInt(4)).toList();
  }

  private <T> T orNull(Supplier<T> one) {
    return random.nextBoolean() ? one.get() : null;
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }
}
