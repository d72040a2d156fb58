package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openstack4j.api.Builders;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.api.octavia.HealthMonitorV2Service;
import org.openstack4j.api.octavia.LbPoolV2Service;
import org.openstack4j.api.octavia.ListenerV2Service;
import org.openstack4j.api.octavia.LoadBalancerV2Service;
import org.openstack4j.model.common.ActionResponse;
import org.openstack4j.model.common.Identifier;
import org.openstack4j.model.network.IPVersionType;
import org.openstack4j.model.octavia.HealthMonitorType;
import org.openstack4j.model.octavia.HealthMonitorV2;
import org.openstack4j.model.octavia.LbMethod;
import org.openstack4j.model.octavia.LbPoolV2;
import org.openstack4j.model.octavia.LbProvisioningStatus;
import org.openstack4j.model.octavia.ListenerProtocol;
import org.openstack4j.model.octavia.ListenerV2;
import org.openstack4j.model.octavia.LoadBalancerV2;
import org.openstack4j.model.octavia.MemberV2;
import org.openstack4j.model.octavia.Protocol;
import org.openstack4j.openstack.OSFactory;
import org.openstack4j.openstack.octavia.builder.OctaviaBuilders;

/// openstack4j, unmodified: everything that it knows of load balancers.
class OpenStack4jTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private final OctaviaBuilders builders = Builders.octavia();
  private OSClientV3 cloud;
  private String balancer;

  @Test
  void createsListsGetsUpdatesAndDeletesAllItKnows() throws Exception {
    try (Program program = Program.start(folder.resolve("state"))) {
      cloud = login(program.environment());
      balancer = balancer(subnet());
      ListenerV2 listener = listener();
      LbPoolV2 pool = pool(listener);
      MemberV2 member = member(pool);
      HealthMonitorV2 monitor = monitor(pool);
      readsStatusAndStatistics(listener);
      deletes(listener, pool, member, monitor);
    }
  }

  private static OSClientV3 login(Map<String, String> environment) {
    return OSFactory.builderV3()
        .endpoint(environment.get("OS_AUTH_URL"))
        .credentials(
            environment.get("OS_USERNAME"),
            environment.get("OS_PASSWORD"),
            Identifier.byName(environment.get("OS_USER_DOMAIN_NAME")))
        .scopeToProject(
            Identifier.byName(environment.get("OS_PROJECT_NAME")),
            Identifier.byName(environment.get("OS_PROJECT_DOMAIN_NAME")))
        .authenticate();
  }

  private String subnet() {
    String network =
        cloud.networking().network().create(Builders.network().name("net").build()).getId();
    return cloud
        .networking()
        .subnet()
        .create(
            Builders.subnet()
                .name("subnet")
                .networkId(network)
                .ipVersion(IPVersionType.V4)
                .cidr("10.55.0.0/24")
                .build())
        .getId();
  }

  private LoadBalancerV2Service balancers() {
    return cloud.octavia().loadBalancerV2();
  }

  private ListenerV2Service listeners() {
    return cloud.octavia().listenerV2();
  }

  private LbPoolV2Service pools() {
    return cloud.octavia().lbPoolV2();
  }

  private HealthMonitorV2Service monitors() {
    return cloud.octavia().healthMonitorV2();
  }

  private void active() {
    await(it -> it.getProvisioningStatus() == LbProvisioningStatus.ACTIVE);
  }

  private void await(Predicate<LoadBalancerV2> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.test(balancers().get(balancer))) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  private String balancer(String subnet) {
    LoadBalancerV2 created =
        balancers().create(builders.loadBalancerV2().name("first").subnetId(subnet).build());
    balancer = created.getId();
    assertThat(created.getVipSubnetId()).isEqualTo(subnet);
    assertThat(created.getProvisioningStatus()).isEqualTo(LbProvisioningStatus.PENDING_CREATE);
    active();
    balancers()
        .update(
            balancer,
            builders
                .loadBalancerV2Update()
                .name("lb")
                .description("new")
                .adminStateUp(true)
                .build());
    active();
    LoadBalancerV2 shown = balancers().get(balancer);
    assertThat(shown.getName()).isEqualTo("lb");
    assertThat(shown.getDescription()).isEqualTo("new");
    assertThat(shown.getVipAddress()).startsWith("10.55.0.");
    assertThat(shown.getProvider()).isEqualTo("amphora");
    assertThat(balancers().list(Map.of("name", "lb")))
        .extracting(LoadBalancerV2::getId)
        .containsExactly(balancer);
    assertThat(balancers().list(Map.of("name", "first"))).isEmpty();
    return balancer;
  }

  private ListenerV2 listener() throws Exception {
    int port = FreePorts.next();
    ListenerV2 created =
        listeners()
            .create(
                builders
                    .listenerV2()
                    .name("web")
                    .loadBalancerId(balancer)
                    .protocol(ListenerProtocol.HTTP)
                    .protocolPort(port)
                    .connectionLimit(100)
                    .adminStateUp(true)
                    .build());
    active();
    listeners()
        .update(
            created.getId(),
            builders.listenerV2Update().connectionLimit(200).adminStateUp(true).build());
    active();
    ListenerV2 shown = listeners().get(created.getId());
    assertThat(shown.getProtocolPort()).isEqualTo(port);
    assertThat(shown.getConnectionLimit()).isEqualTo(200);
    // The client reads its load balancers from another key than Octavia's: it has none to compare.
    assertThat(listeners().list(Map.of("loadbalancer_id", balancer))).hasSize(1);
    assertThat(balancers().get(balancer).getListeners())
        .extracting(it -> it.getId())
        .containsExactly(created.getId());
    return shown;
  }

  private LbPoolV2 pool(ListenerV2 listener) {
    LbPoolV2 created =
        pools()
            .create(
                builders
                    .lbPoolV2()
                    .name("pool")
                    .listenerId(listener.getId())
                    .protocol(Protocol.HTTP)
                    .lbMethod(LbMethod.ROUND_ROBIN)
                    .adminStateUp(true)
                    .build());
    active();
    pools()
        .update(
            created.getId(),
            builders
                .lbPoolV2Update()
                .lbMethod(LbMethod.LEAST_CONNECTIONS)
                .adminStateUp(true)
                .build());
    active();
    LbPoolV2 shown = pools().get(created.getId());
    assertThat(shown.getLbMethod()).isEqualTo(LbMethod.LEAST_CONNECTIONS);
    assertThat(shown.getListeners()).extracting(it -> it.getId()).containsExactly(listener.getId());
    assertThat(listeners().get(listener.getId()).getDefaultPoolId()).isEqualTo(shown.getId());
    assertThat(pools().list()).extracting(LbPoolV2::getId).containsExactly(shown.getId());
    return shown;
  }

  private MemberV2 member(LbPoolV2 pool) {
    MemberV2 created =
        pools()
            .createMember(
                pool.getId(),
                builders
                    .memberV2()
                    .address("10.55.0.201")
                    .protocolPort(80)
                    .weight(3)
                    .adminStateUp(true)
                    .build());
    active();
    pools()
        .updateMember(
            pool.getId(),
            created.getId(),
            builders.memberV2Update().weight(5).adminStateUp(true).build());
    active();
    MemberV2 shown = pools().getMember(pool.getId(), created.getId());
    assertThat(shown.getWeight()).isEqualTo(5);
    assertThat(shown.getAddress()).isEqualTo("10.55.0.201");
    assertThat(pools().listMembers(pool.getId())).hasSize(1);
    assertThat(pools().listMembers(pool.getId(), Map.of("weight", "3"))).isEmpty();
    return shown;
  }

  private HealthMonitorV2 monitor(LbPoolV2 pool) {
    HealthMonitorV2 created =
        monitors()
            .create(
                builders
                    .healthMonitorV2()
                    .poolId(pool.getId())
                    .type(HealthMonitorType.HTTP)
                    .delay(60)
                    .timeout(5)
                    .maxRetries(3)
                    .maxRetriesDown(2)
                    .urlPath("/ready")
                    .expectedCodes("200-204")
                    .adminStateUp(true)
                    .build());
    active();
    monitors()
        .update(
            created.getId(),
            builders.healthMonitorV2Update().delay(90).urlPath("/live").adminStateUp(true).build());
    active();
    HealthMonitorV2 shown = monitors().get(created.getId());
    assertThat(shown.getDelay()).isEqualTo(90);
    assertThat(shown.getUrlPath()).isEqualTo("/live");
    assertThat(shown.getExpectedCodes()).isEqualTo("200-204");
    assertThat(shown.getPools()).extracting(it -> it.getId()).containsExactly(pool.getId());
    assertThat(pools().get(pool.getId()).getHealthMonitorId()).isEqualTo(shown.getId());
    assertThat(monitors().list()).hasSize(1);
    return shown;
  }

  private void readsStatusAndStatistics(ListenerV2 listener) {
    var tree = balancers().statusTree(balancer).getLoadBalancerV2Status();
    assertThat(tree.getId()).isEqualTo(balancer);
    assertThat(tree.getProvisioningStatus()).isEqualTo("ACTIVE");
    assertThat(tree.getListenerStatuses())
        .extracting(it -> it.getId())
        .containsExactly(listener.getId());
    assertThat(balancers().stats(balancer).getTotalConnections()).isZero();
  }

  private void deletes(
      ListenerV2 listener, LbPoolV2 pool, MemberV2 member, HealthMonitorV2 monitor) {
    done(monitors().delete(monitor.getId()));
    assertThat(monitors().get(monitor.getId())).isNull();
    done(pools().deleteMember(pool.getId(), member.getId()));
    assertThat(pools().getMember(pool.getId(), member.getId())).isNull();
    done(pools().delete(pool.getId()));
    assertThat(pools().get(pool.getId())).isNull();
    done(listeners().delete(listener.getId()));
    assertThat(listeners().get(listener.getId())).isNull();
    ActionResponse cascade = balancers().cascadeDelete(balancer);
    assertThat(cascade.isSuccess()).as(cascade.getFault()).isTrue();
    await(it -> it == null);
    assertThat(balancers().list()).isEmpty();
    assertThat(balancers().delete(balancer).getCode()).isEqualTo(404);
  }

  private void done(ActionResponse response) {
    assertThat(response.isSuccess()).as(response.getFault()).isTrue();
    active();
  }
}
