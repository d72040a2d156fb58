package agrippa.control;

import static agrippa.control.Rig.ADMIN;
import static agrippa.control.Rig.OWNER;
import static agrippa.control.Rig.STRANGER;
import static agrippa.model.ProvisioningStatus.ACTIVE;
import static agrippa.model.ProvisioningStatus.ERROR;
import static agrippa.model.ProvisioningStatus.PENDING_CREATE;
import static agrippa.model.ProvisioningStatus.PENDING_DELETE;
import static agrippa.model.ProvisioningStatus.PENDING_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.Change.AdditionalVip;
import agrippa.control.Change.VipRequest;
import agrippa.control.Refusal.Invalid;
import agrippa.control.Refusal.ReferenceNotFound;
import agrippa.control.spi.Networks.FixedIp;
import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.Networks.Port;
import agrippa.control.spi.Networks.Subnet;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.control.testing.Requests;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.OperatingStatus;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.ProvisioningStatus;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LoadBalancerChangesTest {
  private final Rig rig = new Rig();

  private ProvisioningStatus status(LoadBalancerId id) {
    return rig.loadBalancer(id).lifecycle().provisioning();
  }

  @Nested
  class Creation {
    @Test
    void isPendingFirstAndActiveThen() {
      var id = new LoadBalancerId(rig.accepted(rig.creation()));
      assertThat(status(id)).isEqualTo(PENDING_CREATE);
      assertThat(rig.loadBalancer(id).lifecycle().operating()).isEqualTo(OperatingStatus.OFFLINE);
      assertThat(rig.loadBalancer(id).lifecycle().createdAt())
          .isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
      assertThat(rig.loadBalancer(id).lifecycle().updatedAt()).isNull();

      rig.tasks.settle();

      assertThat(status(id)).isEqualTo(ACTIVE);
      assertThat(rig.loadBalancer(id).lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);
      assertThat(rig.loadBalancer(id).lifecycle().updatedAt()).isNotNull();
      assertThat(rig.store.load()).containsExactly(rig.tree(id));
    }

    @Test
    void hasOctaviasDefaults() {
      var made = rig.loadBalancer(rig.newLoadBalancer());
      assertThat(made.project()).isEqualTo(OWNER.project());
      assertThat(made.provider()).isEqualTo("amphora");
      assertThat(made.adminStateUp()).isTrue();
      assertThat(made.vip().subnet()).isEqualTo(rig.subnet.id());
      assertThat(made.vip().network()).isEqualTo(rig.network.id());
    }

    @Test
    void echoesAnAliasOfTheProvider() {
      var id = new LoadBalancerId(rig.done(withProvider("octavia")));
      assertThat(rig.loadBalancer(id).provider()).isEqualTo("octavia");
    }

    @Test
    void refusesAProviderThatNobodyKnows() {
      assertThat(rig.refused(withProvider("f5"))).isEqualTo(new Refusal.ProviderNotEnabled("f5"));
    }

    private Change.CreateLoadBalancer withProvider(String provider) {
      return new Change.CreateLoadBalancer(
          null, rig.vip(), provider, null, null, Requests.loadBalancer(), List.of(), List.of());
    }

    @Test
    void refusesFlavorsAndZonesSinceThereAreNone() {
      var nothing = Requests.loadBalancer();
      assertThat(
              rig.refused(
                  new Change.CreateLoadBalancer(
                      null, rig.vip(), null, "gold", null, nothing, List.of(), List.of())))
          .isEqualTo(new Invalid("Invalid flavor_id."));
      assertThat(
              rig.refused(
                  new Change.CreateLoadBalancer(
                      null, rig.vip(), null, null, "moon", nothing, List.of(), List.of())))
          .isEqualTo(new Invalid("Invalid availability zone."));
    }

    @Test
    void isForTheOwnProjectUnlessTheCallerIsAdmin() {
      var forAnother = forProject("p1");
      assertThat(rig.refused(STRANGER, forAnother)).isEqualTo(new Refusal.Forbidden());
      assertThat(rig.submit(ADMIN, forAnother)).isInstanceOf(Verdict.Accepted.class);
      assertThat(rig.refused(new Caller("x", null, Set.of("member"), ""), rig.creation()))
          .isInstanceOf(Invalid.class);
    }

    private Change.CreateLoadBalancer forProject(String project) {
      return new Change.CreateLoadBalancer(
          new ProjectId(project),
          rig.vip(),
          null,
          null,
          null,
          Requests.loadBalancer(),
          List.of(),
          List.of());
    }

    @Test
    void givesTheVipBackIfTheProviderVetoes() {
      rig.provider.veto(tree -> Optional.of("No."));
      assertThat(rig.refused(rig.creation()))
          .isEqualTo(new Refusal.UnsupportedOption("amphora", "No."));
      assertThat(rig.networks.held()).isEmpty();
    }

    @Test
    void givesTheVipBackIfNothingCanBeStored() {
      rig.store.beforeWrites(
          () -> {
            throw new IllegalStateException("disk full");
          });
      assertThatThrownBy(() -> rig.submit(OWNER, rig.creation())).hasMessage("disk full");
      assertThat(rig.networks.held()).isEmpty();
      assertThat(rig.plane.inventory().all()).isEmpty();
    }

    @Test
    void tellsOfATakenAddress() {
      rig.networks.nextClaim(new VipClaim.AddressInUse("taken"));
      assertThat(rig.refused(rig.creation())).isEqualTo(new Refusal.VipInUse("taken"));
      rig.networks.nextClaim(new VipClaim.Failed("broken"));
      assertThat(rig.refused(rig.creation()))
          .isEqualTo(new Refusal.ProviderFailed("amphora", "broken"));
    }
  }

  @Nested
  class VipSelection {
    @Test
    void needsAPlace() {
      assertThat(refused(new VipRequest("10.0.0.9", null, null, null, List.of())))
          .isEqualTo(
              new Invalid("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id."));
    }

    @Test
    void needsPlacesThatThereAre() {
      var port = new PortId(UUID.randomUUID());
      var subnet = new SubnetId(UUID.randomUUID());
      var network = new NetworkId(UUID.randomUUID());
      assertThat(refused(new VipRequest(null, port, subnet, network, List.of())))
          .isEqualTo(new ReferenceNotFound(Kind.PORT, port.toString()));
      assertThat(refused(new VipRequest(null, null, subnet, network, List.of())))
          .isEqualTo(new ReferenceNotFound(Kind.NETWORK, network.toString()));
      assertThat(refused(new VipRequest(null, null, subnet, null, List.of())))
          .isEqualTo(new ReferenceNotFound(Kind.SUBNET, subnet.toString()));
      assertThat(refused(new VipRequest(null, null, subnet, rig.network.id(), List.of())))
          .isEqualTo(new ReferenceNotFound(Kind.SUBNET, subnet.toString()));
    }

    @Test
    void takesAPortsOnlyAddress() {
      var port = port("", new FixedIp(rig.subnet.id(), "10.0.0.77"));
      var vip =
          rig.loadBalancer(created(new VipRequest(null, port.id(), null, null, List.of()))).vip();
      assertThat(vip.port()).isEqualTo(port.id());
      assertThat(vip.address()).isEqualTo("10.0.0.77");
      assertThat(vip.ownPort()).isFalse();
    }

    @Test
    void doesNotTakeAPortInUse() {
      var port = port("vm-1", new FixedIp(rig.subnet.id(), "10.0.0.77"));
      assertThat(refused(new VipRequest(null, port.id(), null, null, List.of())))
          .isEqualTo(new Invalid("Port " + port.id() + " is already used by device vm-1 "));
    }

    @Test
    void choosesAmongAPortsAddressesBySubnetOrAddress() {
      var six = rig.networks.network("2001:db8::/64").subnets().getFirst();
      var port =
          port("", new FixedIp(rig.subnet.id(), "10.0.0.77"), new FixedIp(six.id(), "2001:db8::7"));
      assertThat(refused(new VipRequest(null, port.id(), null, null, List.of())))
          .isEqualTo(
              new Invalid(
                  "VIP port's subnet could not be determined. Please specify either a VIP subnet"
                      + " or address."));
      assertThat(refused(new VipRequest("10.0.0.78", port.id(), null, null, List.of())))
          .isEqualTo(new Invalid("Specified VIP address not found on the specified VIP port."));
      var other = rig.networks.network("10.9.0.0/24").subnets().getFirst();
      assertThat(refused(new VipRequest(null, port.id(), other.id(), null, List.of())))
          .isEqualTo(
              new Invalid(
                  "No VIP address found on the specified VIP port within the specified subnet."));
      var byAddress = created(new VipRequest("2001:DB8:0:0::7", port.id(), null, null, List.of()));
      assertThat(rig.loadBalancer(byAddress).vip().subnet()).isEqualTo(six.id());
      var bySubnet = created(new VipRequest(null, port.id(), six.id(), null, List.of()));
      assertThat(rig.loadBalancer(bySubnet).vip().address()).isEqualTo("2001:db8::7");
    }

    @Test
    void prefersIpv4InANetwork() {
      var network = rig.networks.network("2001:db8::/64", "10.1.0.0/24");
      var id = created(new VipRequest(null, null, null, network.id(), List.of()));
      assertThat(rig.loadBalancer(id).vip().subnet()).isEqualTo(network.subnets().get(1).id());
    }

    @Test
    void findsTheSubnetOfAnAddress() {
      var network = rig.networks.network("10.1.0.0/24", "10.2.0.0/24");
      var id = created(new VipRequest("10.2.0.5", null, null, network.id(), List.of()));
      assertThat(rig.loadBalancer(id).vip().subnet()).isEqualTo(network.subnets().get(1).id());
      assertThat(refused(new VipRequest("10.3.0.5", null, null, network.id(), List.of())))
          .isEqualTo(
              new Invalid("Supplied network does not contain a subnet for VIP address specified."));
    }

    @Test
    void needsRoomInANetwork() {
      var empty = rig.networks.network();
      assertThat(refused(new VipRequest(null, null, null, empty.id(), List.of())))
          .isEqualTo(new Invalid("Supplied network does not contain a subnet."));
      var id = new NetworkId(UUID.randomUUID());
      var full = new Subnet(new SubnetId(UUID.randomUUID()), id, "10.1.0.0/24", 4, 1);
      rig.networks.network(new Network(id, List.of(full)));
      assertThat(refused(new VipRequest(null, null, null, id, List.of())))
          .isEqualTo(
              new Invalid(
                  "Subnet(s) in the supplied network do not contain enough available IPs."));
    }

    @Test
    void allowsOneAddressPerSubnetOfOneNetwork() {
      var network = rig.networks.network("10.1.0.0/24", "2001:db8::/64");
      var first = network.subnets().get(0).id();
      var second = network.subnets().get(1).id();
      var elsewhere = new AdditionalVip(rig.subnet.id(), null);
      assertThat(refused(onSubnet(first, new AdditionalVip(first, null))))
          .isEqualTo(
              new Invalid(
                  "Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet."));
      assertThat(refused(onSubnet(first, elsewhere)))
          .isEqualTo(new Invalid("All VIP subnets must belong to the same network."));
      var nowhere = new SubnetId(UUID.randomUUID());
      assertThat(refused(onSubnet(first, new AdditionalVip(nowhere, null))))
          .isEqualTo(new Invalid("Subnet " + nowhere + " not found"));
      var id = created(onSubnet(first, new AdditionalVip(second, "2001:db8::9")));
      assertThat(rig.loadBalancer(id).additionalVips())
          .extracting(it -> it.address())
          .containsExactly("2001:db8::9");
    }

    private VipRequest onSubnet(SubnetId subnet, AdditionalVip additional) {
      return new VipRequest(null, null, subnet, null, List.of(additional));
    }

    private Port port(String device, FixedIp... addresses) {
      return rig.networks.port(
          new Port(
              new PortId(UUID.randomUUID()), rig.network.id(), device, List.of(addresses), null));
    }

    private LoadBalancerId created(VipRequest vip) {
      return new LoadBalancerId(rig.done(rig.creation(vip)));
    }

    private Refusal refused(VipRequest vip) {
      return rig.refused(rig.creation(vip));
    }
  }

  @Nested
  class Update {
    @Test
    void changesWhatIsNamedAndKeepsTheRest() {
      var id = rig.newLoadBalancer();
      rig.done(update(id, "name", "a", "description", "b", "tags", List.of("x")));
      rig.done(update(id, "description", null, "tags", null, "adminStateUp", null));
      var made = rig.loadBalancer(id);
      assertThat(made.labels().name()).isEqualTo("a");
      assertThat(made.labels().description()).isEmpty();
      assertThat(made.labels().tags()).containsExactly("x");
      assertThat(made.adminStateUp()).isFalse();
      assertThat(made.lifecycle().operating()).isEqualTo(OperatingStatus.OFFLINE);
    }

    @Test
    void isPendingEvenIfItSaysNothing() {
      var id = rig.newLoadBalancer();
      rig.accepted(update(id));
      assertThat(status(id)).isEqualTo(PENDING_UPDATE);
      rig.tasks.settle();
      assertThat(status(id)).isEqualTo(ACTIVE);
    }

    @Test
    void reachesTheVipsPort() {
      var id = rig.newLoadBalancer();
      var group = rig.networks.securityGroup();
      var qos = rig.networks.qosPolicy();
      rig.done(update(id, "vipSecurityGroups", List.of(group), "vipQosPolicy", qos));
      assertThat(rig.networks.updates().get(id).securityGroups()).containsExactly(group);
      assertThat(rig.networks.updates().get(id).qosPolicy()).isEqualTo(qos);
      rig.done(update(id, "vipSecurityGroups", null, "vipQosPolicy", null));
      assertThat(rig.networks.updates().get(id).securityGroups()).isEmpty();
      assertThat(rig.networks.updates().get(id).qosPolicy()).isNull();
    }

    @Test
    void needsGroupsAndPoliciesThatThereAre() {
      var id = rig.newLoadBalancer();
      var group = new SecurityGroupId(UUID.randomUUID());
      var qos = new QosPolicyId(UUID.randomUUID());
      assertThat(rig.refused(update(id, "vipSecurityGroups", List.of(group))))
          .isEqualTo(new ReferenceNotFound(Kind.SECURITY_GROUP, group.toString()));
      assertThat(rig.refused(update(id, "vipQosPolicy", qos)))
          .isEqualTo(new Invalid("VIP QoS policy is not allowed in this deployment."));
      rig.networks.qosPolicy();
      assertThat(rig.refused(update(id, "vipQosPolicy", qos)))
          .isEqualTo(new ReferenceNotFound(Kind.QOS_POLICY, qos.toString()));
    }

    @Test
    void looksForTheLoadBalancerBeforeItLooksAtTheCaller() {
      var nobody = new LoadBalancerId(UUID.randomUUID());
      assertThat(rig.refused(STRANGER, update(nobody)))
          .isEqualTo(new Refusal.NotFound(Kind.LOAD_BALANCER, nobody.toString()));
      assertThat(rig.refused(STRANGER, update(rig.newLoadBalancer())))
          .isEqualTo(new Refusal.Forbidden());
    }

    @Test
    void isRefusedWhileTheLoadBalancerIsAtWork() {
      var id = new LoadBalancerId(rig.accepted(rig.creation()));
      assertThat(rig.refused(update(id)))
          .isEqualTo(new Refusal.InvalidState(PENDING_CREATE, id.toString()));
      assertThat(rig.refused(new Change.DeleteLoadBalancer(id, true)))
          .isEqualTo(new Refusal.InvalidState(PENDING_CREATE, id.toString()));
    }

    private Change.UpdateLoadBalancer update(LoadBalancerId id, Object... namesAndValues) {
      return new Change.UpdateLoadBalancer(id, Requests.loadBalancer(namesAndValues));
    }
  }

  @Nested
  class Deletion {
    @Test
    void removesEveryTrace() {
      var id = rig.newLoadBalancer();
      rig.accepted(new Change.DeleteLoadBalancer(id, false));
      assertThat(status(id)).isEqualTo(PENDING_DELETE);
      rig.tasks.settle();
      assertThat(rig.plane.inventory().all()).isEmpty();
      assertThat(rig.store.load()).isEmpty();
      assertThat(rig.networks.held()).isEmpty();
      assertThat(rig.provider.world()).isEmpty();
    }

    @Test
    void takesChildrenAlongOnlyWhenTold() {
      var id = rig.newLoadBalancer();
      var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
      assertThat(rig.refused(new Change.DeleteLoadBalancer(id, false)))
          .isEqualTo(new Invalid("Cannot delete Load Balancer " + id + " - it has children"));
      rig.done(new Change.DeleteLoadBalancer(id, true));
      assertThat(rig.plane.inventory().treeOf(listener)).isEmpty();
    }

    @Test
    void goesOnUntilTheWorldLetsGo() {
      var id = rig.newLoadBalancer();
      rig.networks.beforeWrites(
          () -> {
            throw new ServiceUnavailableException("no network service");
          });
      rig.done(new Change.DeleteLoadBalancer(id, false));
      assertThat(status(id)).isEqualTo(PENDING_DELETE);
      rig.networks.beforeWrites(() -> {});
      rig.pass(ControlSettings.DEFAULT.pace().lastRetry());
      assertThat(rig.plane.inventory().all()).isEmpty();
      assertThat(rig.networks.held()).isEmpty();
    }

    @Test
    void isAWayOutOfError() {
      rig.provider.fails("no room");
      var id = rig.newLoadBalancer();
      assertThat(status(id)).isEqualTo(ERROR);
      rig.provider.veto(tree -> Optional.of("No."));
      rig.done(new Change.DeleteLoadBalancer(id, false));
      assertThat(rig.plane.inventory().all()).isEmpty();
    }
  }

  @Nested
  class FailingOver {
    @Test
    void isForAdmins() {
      var id = rig.newLoadBalancer();
      assertThat(rig.refused(new Change.FailOver(id))).isEqualTo(new Refusal.Forbidden());
    }

    @Test
    void buildsAnew() {
      var id = rig.newLoadBalancer();
      int before = rig.provider.convergences();
      assertThat(rig.submit(ADMIN, new Change.FailOver(id))).isInstanceOf(Verdict.Accepted.class);
      assertThat(status(id)).isEqualTo(PENDING_UPDATE);
      rig.tasks.settle();
      assertThat(status(id)).isEqualTo(ACTIVE);
      assertThat(rig.provider.convergences()).isEqualTo(before + 1);
    }
  }
}
