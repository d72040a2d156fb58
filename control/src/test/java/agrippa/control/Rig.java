package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.ControlSettings.Pace;
import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.Networks.Subnet;
import agrippa.control.spi.Value;
import agrippa.control.testing.FakeNetworks;
import agrippa.control.testing.FakeProvider;
import agrippa.control.testing.FakeSecrets;
import agrippa.control.testing.ManualTasks;
import agrippa.control.testing.MemoryStateStore;
import agrippa.control.testing.Requests;
import agrippa.model.HealthMonitorId;
import agrippa.model.L7PolicyId;
import agrippa.model.L7RuleId;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A control plane over fakes whose time passes by hand, and short words for what tests do to it.
final class Rig {
  static final Caller OWNER = new Caller("ann", new ProjectId("p1"), Set.of("member"), "t1");
  static final Caller STRANGER = new Caller("bob", new ProjectId("p2"), Set.of("member"), "t2");
  static final Caller ADMIN = new Caller("eve", new ProjectId("p0"), Set.of("admin"), "t0");

  final MemoryStateStore store = new MemoryStateStore();
  final FakeProvider provider = new FakeProvider();
  final FakeNetworks networks = new FakeNetworks();
  /// Texts that are JSON.
  final Map<String, Value> json = new HashMap<>();

  final FakeSecrets secrets = new FakeSecrets();
  final Network network = networks.network("10.0.0.0/24");
  final Subnet subnet = network.subnets().getFirst();
  ManualTasks tasks = new ManualTasks();
  ControlPlane plane;
  private final ControlSettings settings;
  private final AtomicLong ids = new AtomicLong();
  private Instant now = Instant.parse("2026-01-02T03:04:05.678Z");

  Rig() {
    this(ControlSettings.DEFAULT);
  }

  Rig(ControlSettings settings) {
    this.settings = settings;
    plane = plane(settings);
    plane.start();
    tasks.settle();
  }

  private ControlPlane plane(ControlSettings settings) {
    var pace = settings.pace();
    // Nobody could make the load balancer ready while this one thread waits for it.
    var impatient =
        new Pace(Duration.ZERO, pace.period(), pace.resync(), pace.firstRetry(), pace.lastRetry());
    return new ControlPlane(
        store,
        provider,
        networks,
        secrets,
        Rig::regexIsValid,
        text -> Optional.ofNullable(json.get(text)),
        (InstantSource) () -> now,
        () -> new UUID(7, ids.incrementAndGet()),
        settings.with(impatient),
        tasks);
  }

  private static boolean regexIsValid(String regex) {
    try {
      Pattern.compile(regex);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /// The program dies; its tasks die with it, and another one starts on the same store.
  void crash() {
    tasks = new ManualTasks();
    plane = plane(settings);
    plane.start();
  }

  void pass(Duration duration) {
    now = now.plus(duration);
    tasks.pass(duration);
  }

  /// Time passes, and nothing happens.
  void stall(Duration duration) {
    now = now.plus(duration);
  }

  Verdict submit(Caller caller, Change change) {
    return plane.submit(caller, change);
  }

  /// Accepts a change and lets the world follow.
  UUID done(Change change) {
    var subject = accepted(change);
    tasks.settle();
    return subject;
  }

  /// Accepts a change; the world does not follow yet.
  UUID accepted(Change change) {
    var verdict = submit(OWNER, change);
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return ((Verdict.Accepted) verdict).subject();
  }

  Refusal refused(Change change) {
    return refused(OWNER, change);
  }

  /// A refusal changes nothing.
  Refusal refused(Caller caller, Change change) {
    var before = plane.inventory().all();
    var verdict = submit(caller, change);
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    assertThat(plane.inventory().all()).isEqualTo(before);
    return ((Verdict.Refused) verdict).why();
  }

  LoadBalancerTree tree(LoadBalancerId id) {
    return plane.inventory().tree(id).orElseThrow();
  }

  LoadBalancer loadBalancer(LoadBalancerId id) {
    return tree(id).loadBalancer();
  }

  Listener listener(ListenerId id) {
    return plane.inventory().treeOf(id).orElseThrow().listener(id).orElseThrow();
  }

  Pool pool(PoolId id) {
    return plane.inventory().treeOf(id).orElseThrow().pool(id).orElseThrow();
  }

  Change.VipRequest vip() {
    return new Change.VipRequest(null, null, subnet.id(), null, List.of());
  }

  Change.CreateLoadBalancer creation() {
    return creation(vip());
  }

  Change.CreateLoadBalancer creation(Change.VipRequest vip) {
    return new Change.CreateLoadBalancer(
        null, vip, null, null, null, Requests.loadBalancer(), List.of(), List.of());
  }

  Change.CreateLoadBalancer graph(
      List<Change.ListenerGraph> listeners, List<Change.PoolGraph> pools) {
    return new Change.CreateLoadBalancer(
        null, vip(), null, null, null, Requests.loadBalancer(), listeners, pools);
  }

  LoadBalancerId newLoadBalancer() {
    return new LoadBalancerId(done(creation()));
  }

  ListenerId newListener(LoadBalancerId on, ListenerProtocol protocol, int port) {
    return new ListenerId(done(new Change.CreateListener(on, protocol, port, Requests.listener())));
  }

  PoolId newPool(LoadBalancerId on, PoolProtocol protocol) {
    return new PoolId(done(new Change.CreatePool(on, null, protocol, Requests.pool())));
  }

  PoolId newPool(ListenerId on, PoolProtocol protocol) {
    return new PoolId(done(new Change.CreatePool(null, on, protocol, Requests.pool())));
  }

  MemberId newMember(PoolId pool, String address) {
    return new MemberId(done(new Change.CreateMember(pool, Requests.member(address, 80))));
  }

  HealthMonitorId newMonitor(PoolId pool, MonitorType type) {
    return new HealthMonitorId(
        done(new Change.CreateHealthMonitor(pool, type, Requests.monitor())));
  }

  L7PolicyId newPolicy(ListenerId listener, Object... namesAndValues) {
    return new L7PolicyId(
        done(new Change.CreateL7Policy(listener, Requests.policy(namesAndValues))));
  }

  L7RuleId newRule(L7PolicyId policy, Attributes.OfL7Rule rule) {
    return new L7RuleId(done(new Change.CreateL7Rule(policy, rule)));
  }
}
