package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.fabric.FabricPlan;
import agrippa.cloud.fabric.FabricPlan.Guard;
import agrippa.cloud.fabric.FabricPlan.Namespace;
import agrippa.cloud.fabric.FabricPlan.Route;
import agrippa.cloud.network.Port.Device;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import agrippa.model.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the kernel shall hold for networks and what is plugged in there.
class FabricPlannerTest {
  private static final ProjectId PROJECT = new ProjectId("p");

  private final Draft draft =
      new Draft(
          NetworkState.of(AddressSpace.NETWORK, List.of()), () -> Instant.EPOCH, UUID::randomUUID);
  private final PortCollection ports = new PortCollection(new Random(1));
  private final Network network = network(false);
  private final Subnet subnet = subnet(network, "10.10.10.0/24", "10.10.10.1");

  private Network network(boolean external) {
    Network made =
        new Network(draft.meta(PROJECT, "n", ""), true, false, external, false, true, 1_450);
    draft.add(made);
    return made;
  }

  private Subnet subnet(Network of, String cidr, String gateway) {
    return subnet(of, cidr, gateway, null);
  }

  private Subnet subnet(Network of, String cidr, String gateway, @Nullable SubnetPool pool) {
    Subnet made =
        new Subnet(
            draft.meta(PROJECT, "s", ""),
            of.id(),
            pool == null ? null : pool.id(),
            Cidr.of(cidr),
            Addresses.of(gateway),
            List.of(),
            true,
            List.of(),
            List.of(),
            List.of(),
            null,
            null);
    draft.add(made);
    return made;
  }

  private Port plug(Network into, Subnet at, String address, Holder holder, UUID group) {
    Port port =
        ports
            .plain(
                draft,
                draft.meta(PROJECT, "", ""),
                into.id(),
                true,
                List.of(new FixedIp(at.id(), Addresses.of(address))))
            .secured(!(holder instanceof Holder.Router))
            .heldBy(
                holder,
                new Device("x", holder instanceof Holder.Router ? Router.INTERFACE : "compute:x"),
                group == null ? List.of() : List.of(group));
    draft.add(port);
    return port;
  }

  private FabricPlan plan() {
    return FabricPlanner.plan(draft.state(), null);
  }

  @Test
  void aServerHasItsInterfaceAndAWayOut() {
    UUID server = UUID.randomUUID();
    Port port = plug(network, subnet, "10.10.10.7", new Holder.Server(server, true), null);
    FabricPlan plan = plan();
    assertThat(plan.bridges()).hasSize(1).first().matches(it -> it.mtu() == 1_450);
    Namespace world = plan.namespaces().getFirst();
    assertThat(world.name()).isEqualTo("server-" + server);
    FabricPlan.Interface eth0 = world.interfaces().getFirst();
    assertThat(eth0.name()).isEqualTo("eth0");
    assertThat(eth0.mac()).isEqualTo(port.mac());
    assertThat(eth0.bridge()).isEqualTo(plan.bridges().getFirst().name());
    assertThat(eth0.addresses()).extracting(Object::toString).containsExactly("10.10.10.7/24");
    assertThat(world.routes())
        .extracting(Route::toString)
        .containsExactly("0.0.0.0/0 via 10.10.10.1 dev eth0");
    assertThat(((Guard.Only) eth0.guard()).sources())
        .extracting(it -> it.addresses().toString())
        .contains("10.10.10.7/32")
        .hasSize(3);
  }

  @Test
  void addressPairsThatOverlapAreOne() {
    UUID server = UUID.randomUUID();
    Port port = plug(network, subnet, "10.10.10.7", new Holder.Server(server, true), null);
    draft.change(
        new Port(
            port.meta(),
            port.network(),
            true,
            port.mac(),
            port.fixedIps(),
            port.device(),
            List.of(),
            List.of(
                new Port.AddressPair(Cidr.of("10.10.10.0/24"), port.mac().toUpperCase(Locale.ROOT)),
                new Port.AddressPair(Cidr.of("10.10.10.0/25"), port.mac())),
            true,
            null,
            port.binding(),
            port.holder()));
    Guard guard = plan().namespaces().getFirst().interfaces().getFirst().guard();
    assertThat(((Guard.Only) guard).sources())
        .filteredOn(it -> it.addresses().address().getAddress().length == 4)
        .extracting(it -> it.mac() + " " + it.addresses())
        .containsExactly(port.mac() + " 10.10.10.0/24");
  }

  @Test
  void securityGroupsLetThroughWhatTheySay() {
    SecurityGroup group = SecurityGroupCollection.ensureDefault(draft, PROJECT);
    draft.add(
        new SecurityGroupRule(
            draft.meta(PROJECT, "", ""),
            group.id(),
            true,
            4,
            "tcp",
            80,
            90,
            Cidr.of("192.0.2.0/24"),
            "192.0.2.0/24",
            null));
    draft.add(
        new SecurityGroupRule(
            draft.meta(PROJECT, "", ""), group.id(), true, 6, "icmp", 128, 0, null, null, null));
    plug(network, subnet, "10.10.10.7", server(), group.id());
    plug(network, subnet, "10.10.10.8", server(), group.id());
    String filter = plan().namespaces().getFirst().filter();
    assertThat(filter)
        .contains("meta nfproto ipv4 ip saddr 192.0.2.0/24 meta l4proto 6 th dport 80-90 accept")
        .contains("meta nfproto ipv6 meta l4proto 58 icmpv6 type 128 icmpv6 code 0 accept")
        .contains("elements = { 10.10.10.7, 10.10.10.8 }")
        .contains("iifname \"eth0\" jump eth0-in\n    drop");
  }

  private static Holder server() {
    return new Holder.Server(UUID.randomUUID(), true);
  }

  @Test
  void aRouterServesFloatingIps() {
    Network outside = network(true);
    Subnet above = subnet(outside, "203.0.113.0/24", "203.0.113.1");
    Router router =
        new Router(
            draft.meta(PROJECT, "r", ""), true, new Router.Gateway(outside.id(), true), List.of());
    draft.add(router);
    Port gateway =
        plug(outside, above, "203.0.113.5", new Holder.Router(router.id()), null)
            .heldBy(new Holder.Router(router.id()), new Device("x", Router.GATEWAY), List.of());
    draft.change(gateway);
    plug(network, subnet, "10.10.10.1", new Holder.Router(router.id()), null);
    Port port = plug(network, subnet, "10.10.10.7", server(), null);
    draft.add(
        new FloatingIp(
            draft.meta(PROJECT, "", ""),
            outside.id(),
            above.id(),
            Addresses.of("203.0.113.9"),
            new FloatingIp.Target(port.id(), Addresses.of("10.10.10.7"))));
    Namespace world =
        plan().namespaces().stream()
            .filter(it -> it.name().equals("router-" + router.id()))
            .findFirst()
            .orElseThrow();
    assertThat(world.forwarding()).isTrue();
    assertThat(world.filter())
        .contains("203.0.113.9 : 10.10.10.7")
        .contains("10.10.10.7 : 203.0.113.9")
        .contains("snat ip to 203.0.113.5");
    assertThat(world.interfaces().getFirst().addresses())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("203.0.113.5/24", "203.0.113.9/32");
    assertThat(world.routes())
        .extracting(it -> it.to() + " via " + it.via().getHostAddress())
        .containsExactly("0.0.0.0/0 via 203.0.113.1");
  }

  @Test
  void thisMachineKnowsTheWayToPrefixesThatTheOperatorGave() {
    Network outside = network(true);
    Subnet above = subnet(outside, "2001:db8::/64", "2001:db8::1");
    Subnet given = subnet(network(false), "2001:db8:1::/64", "2001:db8:1::1", pool(true));
    Subnet own = subnet(network(false), "fd00::/64", "fd00::1", pool(false));
    Subnet chosen = subnet(network(false), "fd01::/64", "fd01::1");
    Router router =
        new Router(
            draft.meta(PROJECT, "r", ""), true, new Router.Gateway(outside.id(), true), List.of());
    draft.add(router);
    Holder holder = new Holder.Router(router.id());
    draft.change(
        plug(outside, above, "2001:db8::5", holder, null)
            .heldBy(holder, new Device("x", Router.GATEWAY), List.of()));
    for (Subnet it : List.of(given, own, chosen)) {
      plug(draft.state().networkOf(it), it, Addresses.text(it.gateway()), holder, null);
    }
    FabricPlan.Host host = FabricPlanner.plan(draft.state(), index -> "host" + index).host();
    assertThat(host.interfaces())
        .singleElement()
        .extracting(it -> it.name() + " " + it.addresses())
        .isEqualTo("host0 [2001:db8:0:0:0:0:0:1/64]");
    assertThat(host.routes())
        .extracting(Route::toString)
        .containsExactly("2001:db8:1:0:0:0:0:0/64 via 2001:db8:0:0:0:0:0:5 dev host0");

    draft.change(new Router(router.meta(), false, router.gateway(), List.of()));
    assertThat(FabricPlanner.plan(draft.state(), index -> "host" + index).host().routes())
        .isEmpty();
  }

  private SubnetPool pool(boolean shared) {
    SubnetPool made =
        new SubnetPool(
            draft.meta(PROJECT, "pool", ""),
            shared,
            false,
            List.of(Cidr.of("2001:db8:1::/48")),
            new SubnetPool.Lengths(64, 128, 64),
            null);
    draft.add(made);
    return made;
  }

  @Test
  void anInterfaceGivesItselfAnAddress() {
    assertThat(Addresses.text(FabricPlanner.linkLocal("fa:16:3e:7e:2a:7e")))
        .isEqualTo("fe80::f816:3eff:fe7e:2a7e");
    assertThat(Addresses.text(FabricPlanner.linkLocal("00:16:3e:00:00:01")))
        .isEqualTo("fe80::216:3eff:fe00:1");
  }
}
