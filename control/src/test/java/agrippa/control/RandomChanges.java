package agrippa.control;

import agrippa.control.testing.Requests;
import agrippa.model.HealthMonitorId;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.L7RuleId;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Changes that users might make, sensible and senseless, to what there is.
final class RandomChanges {
  private final Rig rig;
  private final Random random;

  RandomChanges(Rig rig, long seed) {
    this.rig = rig;
    this.random = new Random(seed);
  }

  Change next() {
    var makers =
        List.<Supplier<Change>>of(
            this::createLoadBalancer,
            this::updateLoadBalancer,
            () -> new Change.DeleteLoadBalancer(loadBalancer(), random.nextInt(4) == 0),
            this::createListener,
            this::createListener,
            this::updateListener,
            () -> new Change.DeleteListener(listener()),
            this::createPool,
            this::createPool,
            this::updatePool,
            () -> new Change.DeletePool(pool()),
            this::createMember,
            this::createMember,
            this::updateMember,
            () -> new Change.DeleteMember(pool(), member()),
            this::replaceMembers,
            this::createMonitor,
            () -> new Change.UpdateHealthMonitor(monitor(), Requests.monitorUpdate("delay", 7)),
            () -> new Change.DeleteHealthMonitor(monitor()),
            this::createPolicy,
            this::createPolicy,
            this::updatePolicy,
            () -> new Change.DeleteL7Policy(policy()),
            () -> new Change.CreateL7Rule(policy(), rule()),
            this::updateRule,
            this::deleteRule);
    return makers.get(random.nextInt(makers.size())).get();
  }

  private Change createLoadBalancer() {
    return rig.graph(listeners(), List.of());
  }

  private List<Change.ListenerGraph> listeners() {
    if (random.nextBoolean()) {
      return List.of();
    }
    var pool =
        new Change.PoolGraph(
            PoolProtocol.HTTP,
            Requests.pool("name", "p"),
            List.of(Requests.member("192.0.2.1", 80)),
            null,
            false);
    var policy =
        new Change.L7PolicyGraph(
            Requests.policy("action", "REDIRECT_TO_POOL"),
            Requests.poolNamed("p"),
            List.of(rule()));
    return List.of(
        new Change.ListenerGraph(
            ListenerProtocol.HTTP, port(), Requests.listener(), pool, List.of(policy)));
  }

  private Change updateLoadBalancer() {
    return new Change.UpdateLoadBalancer(
        loadBalancer(), Requests.loadBalancer("adminStateUp", random.nextBoolean()));
  }

  private Change createListener() {
    return new Change.CreateListener(
        loadBalancer(),
        oneOf(ListenerProtocol.values()),
        port(),
        random.nextBoolean()
            ? Requests.listener("defaultPool", pool())
            : Requests.listener("name", "l"));
  }

  private Change updateListener() {
    return new Change.UpdateListener(
        listener(),
        switch (random.nextInt(3)) {
          case 0 -> Requests.listener("defaultPool", pool());
          case 1 -> Requests.listener("defaultPool", null);
          default -> Requests.listener("adminStateUp", random.nextBoolean());
        });
  }

  private Change createPool() {
    var protocol = random.nextInt(3) == 0 ? oneOf(PoolProtocol.values()) : PoolProtocol.HTTP;
    return random.nextBoolean()
        ? new Change.CreatePool(loadBalancer(), null, protocol, Requests.pool())
        : new Change.CreatePool(null, listener(), protocol, Requests.pool());
  }

  private Change updatePool() {
    return new Change.UpdatePool(
        pool(), Requests.poolUpdate("adminStateUp", random.nextBoolean(), "name", "p"));
  }

  private Change createMember() {
    return new Change.CreateMember(pool(), Requests.member(address(), 80));
  }

  private Change updateMember() {
    return new Change.UpdateMember(
        pool(), member(), Requests.memberAttributes("weight", random.nextInt(257)));
  }

  private Change replaceMembers() {
    var members =
        Stream.generate(() -> Requests.member(address(), 80)).limit(random.nextInt(4)).toList();
    return new Change.ReplaceMembers(pool(), members, random.nextBoolean());
  }

  private Change createMonitor() {
    return new Change.CreateHealthMonitor(pool(), oneOf(MonitorType.values()), Requests.monitor());
  }

  private Change createPolicy() {
    int position = random.nextInt(4) + 1;
    return new Change.CreateL7Policy(
        listener(),
        random.nextBoolean()
            ? Requests.policy("action", "REJECT", "position", position)
            : Requests.policy("action", "REDIRECT_TO_POOL", "redirectPool", pool()));
  }

  private Change updatePolicy() {
    return new Change.UpdateL7Policy(
        policy(),
        random.nextBoolean()
            ? Requests.policy("position", random.nextInt(4) + 1)
            : Requests.policy("redirectPool", pool()));
  }

  private Change updateRule() {
    var policy = policy();
    return new Change.UpdateL7Rule(
        policy, ruleOf(policy), Requests.ruleUpdate("invert", random.nextBoolean()));
  }

  private Change deleteRule() {
    var policy = policy();
    return new Change.DeleteL7Rule(policy, ruleOf(policy));
  }

  private static Attributes.OfL7Rule rule() {
    return Requests.rule(L7Rule.Type.PATH, L7Rule.CompareType.STARTS_WITH, "value", "/a");
  }

  private LoadBalancerId loadBalancer() {
    return any(
        rig.plane.inventory().all().stream().map(LoadBalancerTree::id).toList(),
        LoadBalancerId::new);
  }

  private ListenerId listener() {
    return any(Invariants.listeners(rig).stream().map(Listener::id).toList(), ListenerId::new);
  }

  private PoolId pool() {
    return any(Invariants.pools(rig).stream().map(Pool::id).toList(), PoolId::new);
  }

  private MemberId member() {
    return any(
        Invariants.pools(rig).stream()
            .flatMap(it -> it.members().stream())
            .map(Member::id)
            .toList(),
        MemberId::new);
  }

  private HealthMonitorId monitor() {
    var ids = new ArrayList<HealthMonitorId>();
    for (var pool : Invariants.pools(rig)) {
      if (pool.monitor() != null) {
        ids.add(pool.monitor().id());
      }
    }
    return any(ids, HealthMonitorId::new);
  }

  private L7PolicyId policy() {
    return any(
        Invariants.listeners(rig).stream()
            .flatMap(it -> it.policies().stream())
            .map(L7Policy::id)
            .toList(),
        L7PolicyId::new);
  }

  private L7RuleId ruleOf(L7PolicyId policy) {
    var rules =
        rig.plane
            .inventory()
            .treeOf(policy)
            .flatMap(it -> it.policy(policy))
            .map(L7Policy::rules)
            .orElse(List.of());
    return any(rules.stream().map(L7Rule::id).toList(), L7RuleId::new);
  }

  /// Now and then one that nobody has.
  private <T> T any(List<T> ids, java.util.function.Function<UUID, T> unknown) {
    return ids.isEmpty() || random.nextInt(50) == 0
        ? unknown.apply(new UUID(0, 0))
        : ids.get(random.nextInt(ids.size()));
  }

  private int port() {
    return 80 + random.nextInt(6);
  }

  private String address() {
    return "192.0.2." + random.nextInt(6);
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
