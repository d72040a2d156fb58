package agrippa.control;

import static agrippa.control.testing.Requests.listener;
import static agrippa.control.testing.Requests.member;
import static agrippa.control.testing.Requests.monitor;
import static agrippa.control.testing.Requests.policy;
import static agrippa.control.testing.Requests.pool;
import static agrippa.control.testing.Requests.poolNamed;
import static agrippa.control.testing.Requests.poolUpdate;
import static agrippa.control.testing.Requests.rule;
import static agrippa.model.ListenerProtocol.HTTP;
import static agrippa.model.ListenerProtocol.PROMETHEUS;
import static agrippa.model.ListenerProtocol.TERMINATED_HTTPS;
import static agrippa.model.ListenerProtocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Change.HealthMonitorGraph;
import agrippa.control.Change.L7PolicyGraph;
import agrippa.control.Change.ListenerGraph;
import agrippa.control.Change.NewMember;
import agrippa.control.Change.PoolGraph;
import agrippa.control.Refusal.Invalid;
import agrippa.model.L7Action;
import agrippa.model.L7Rule.CompareType;
import agrippa.model.L7Rule.Type;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MonitorType;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.ProvisioningStatus;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Load balancers that are created with all that belongs to them.
class GraphTest {
  private final Rig rig = new Rig();

  private static PoolGraph definition(String name, NewMember... members) {
    return new PoolGraph(
        PoolProtocol.HTTP,
        pool("name", name),
        List.of(members),
        new HealthMonitorGraph(MonitorType.HTTP, monitor()),
        false);
  }

  private static ListenerGraph on(int port, PoolGraph pool, L7PolicyGraph... policies) {
    return new ListenerGraph(HTTP, port, listener(), pool, List.of(policies));
  }

  private static L7PolicyGraph to(PoolGraph pool, Object... namesAndValues) {
    var rules = List.of(rule(Type.PATH, CompareType.STARTS_WITH, "value", "/api"));
    var attributes =
        namesAndValues.length > 0 ? policy(namesAndValues) : policy("action", "REDIRECT_TO_POOL");
    return new L7PolicyGraph(attributes, pool, rules);
  }

  private LoadBalancerTree created(List<ListenerGraph> listeners, PoolGraph... pools) {
    return rig.tree(new LoadBalancerId(rig.accepted(rig.graph(listeners, List.of(pools)))));
  }

  private Refusal refused(List<ListenerGraph> listeners, PoolGraph... pools) {
    var why = rig.refused(rig.graph(listeners, List.of(pools)));
    assertThat(rig.networks.held()).isEmpty();
    return why;
  }

  @Test
  void poolsAreHoistedAndFoundByName() {
    var tree =
        created(
            List.of(
                on(80, definition("a", member("192.0.2.1", 80))), on(81, null, to(poolNamed("a")))),
            definition("b"));

    assertThat(tree.pools()).extracting(it -> it.labels().name()).containsExactly("b", "a");
    var a = tree.pools().get(1);
    assertThat(tree.listeners().get(0).defaultPool()).isEqualTo(a.id());
    var policy = tree.listeners().get(1).policies().getFirst();
    assertThat(policy.action()).isEqualTo(new L7Action.ToPool(a.id()));
    assertThat(policy.rules()).hasSize(1);
    assertThat(a.members().getFirst().lifecycle().operating()).isEqualTo(OperatingStatus.OFFLINE);
    assertThat(a.monitor().lifecycle().provisioning()).isEqualTo(ProvisioningStatus.PENDING_CREATE);
  }

  @Test
  void everythingTurnsActiveTogether() {
    var pending = created(List.of(on(80, definition("a", member("192.0.2.1", 80)))));
    rig.tasks.settle();
    var tree = rig.tree(pending.id());
    assertThat(tree.pools().getFirst().members().getFirst().lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ACTIVE);
    assertThat(tree.listeners().getFirst().lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ACTIVE);
  }

  @Test
  void everythingFailsTogether() {
    rig.provider.fails("no");
    var pending =
        created(List.of(on(80, definition("a", member("192.0.2.1", 80)), to(poolNamed("a")))));
    rig.tasks.settle();
    var tree = rig.tree(pending.id());
    assertThat(tree.loadBalancer().lifecycle().provisioning()).isEqualTo(ProvisioningStatus.ERROR);
    assertThat(tree.listeners().getFirst().lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ERROR);
    assertThat(tree.pools().getFirst().members().getFirst().lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ERROR);
  }

  @Test
  void policiesHavePositions() {
    var tree =
        created(
            List.of(
                on(
                    80,
                    definition("a"),
                    to(null, "action", "REJECT", "name", "one"),
                    to(null, "action", "REJECT", "name", "two", "position", 1))));
    assertThat(tree.listeners().getFirst().policies())
        .extracting(it -> it.labels().name())
        .containsExactly("two", "one");
  }

  @Test
  void poolsHaveNames() {
    var named = "Pools must be named when creating a fully populated loadbalancer.";
    assertThat(refused(List.of(on(80, definition(""))))).isEqualTo(new Invalid(named));
    assertThat(refused(List.of(), definition(""))).isEqualTo(new Invalid(named));
    assertThat(refused(List.of(on(80, definition("a"))), definition("a")))
        .isEqualTo(
            new Invalid("Pool names must be unique when creating a fully populated loadbalancer."));
    assertThat(refused(List.of(on(80, poolNamed("x")))))
        .isEqualTo(new Invalid("Pool 'x' was referenced but no full definition was found."));
  }

  @Test
  void definitionsAreComplete() {
    var without = new PoolGraph(null, pool("name", "a"), List.of(), null, false);
    assertThat(refused(List.of(), without))
        .isEqualTo(new Invalid("Pool definition for 'a' missing required attribute: protocol"));
    var other = new PoolGraph(PoolProtocol.HTTP, poolUpdate("name", "a"), List.of(), null, false);
    assertThat(refused(List.of(), other))
        .isEqualTo(new Invalid("Pool definition for 'a' missing required attribute: lb_algorithm"));
  }

  @Test
  void theRulesOfEachResourceHold() {
    assertThat(refused(List.of(on(80, definition("a", member("169.254.169.254", 80))))))
        .isEqualTo(new Refusal.InvalidOption("169.254.169.254", "member address"));
    var twice = member("192.0.2.1", 80);
    assertThat(refused(List.of(on(80, definition("a", twice, twice)))))
        .isEqualTo(new Refusal.DuplicateMember("192.0.2.1", 80));
    assertThat(refused(List.of(on(80, null), on(80, null))))
        .isEqualTo(new Refusal.DuplicateListener(HTTP, 80));
    assertThat(refused(List.of(graph(UDP, definition("a")))))
        .isEqualTo(
            new Invalid(
                "The pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'."));
    assertThat(refused(List.of(graph(PROMETHEUS, definition("a")))))
        .isEqualTo(new Refusal.PrometheusHasNoChildren());
    assertThat(refused(List.of(graph(TERMINATED_HTTPS, null)))).isInstanceOf(Invalid.class);
    assertThat(refused(List.of(on(80, null, to(null)))))
        .isEqualTo(
            new Refusal.InvalidL7Policy("redirect_pool_id or redirect_pool must not be None"));
  }

  private static ListenerGraph graph(ListenerProtocol protocol, PoolGraph pool) {
    return new ListenerGraph(protocol, 80, listener(), pool, List.of());
  }

  @Test
  void nobodyCanKnowTheIdOfAPool() {
    var id = new PoolId(UUID.randomUUID());
    var graph = new ListenerGraph(HTTP, 80, listener("defaultPool", id), null, List.of());
    assertThat(refused(List.of(graph))).isEqualTo(new Refusal.NotFound(Kind.POOL, id.toString()));
  }

  @Test
  void addressesMustBeOfTheFamilyToCome() {
    var graph =
        new ListenerGraph(
            HTTP, 80, listener("allowedCidrs", List.of("2001:db8::/32")), null, List.of());
    assertThat(refused(List.of(graph)))
        .isEqualTo(
            new Invalid(
                "CIDR 2001:db8::/32 IP version incompatible with all VIPs ['10.0.0.0'] IP"
                    + " version."));
  }
}
