package agrippa.provider.builtin;

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
import agrippa.model.SessionPersistence;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Trees for tests. Things have names; their ids are made from those.
final class Trees {
  private static final Lifecycle ACTIVE =
      new Lifecycle(Instant.EPOCH, null, ProvisioningStatus.ACTIVE, OperatingStatus.ONLINE);
  private static final Lifecycle LEAVING = ACTIVE.with(ProvisioningStatus.PENDING_DELETE);

  private Trees() {}

  static UUID uuid(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  static LoadBalancerTree tree(List<Listener> listeners, List<Pool> pools) {
    return new LoadBalancerTree(balancer(true), 1, listeners, pools);
  }

  static LoadBalancer balancer(boolean enabled) {
    return new LoadBalancer(
        new LoadBalancerId(uuid("lb")),
        new ProjectId("project"),
        Labels.NONE,
        enabled,
        new Vip(
            "10.10.10.150",
            new PortId(uuid("port")),
            true,
            new SubnetId(uuid("subnet")),
            new NetworkId(uuid("network")),
            null,
            List.of()),
        List.of(),
        "amphora",
        Placement.ANY,
        0,
        ACTIVE);
  }

  /// A listener's builder.
  static final class OfListener {
    private final String name;
    private final ListenerProtocol protocol;
    private final int port;
    private Labels labels = Labels.NONE;
    private boolean enabled = true;
    private Lifecycle lifecycle = ACTIVE;
    private int limit = -1;
    private @Nullable PoolId defaultPool;
    private ListenerTls tls = ListenerTls.NONE;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private ListenerTimeouts timeouts = ListenerTimeouts.DEFAULT;
    private List<String> cidrs = List.of();
    private final List<L7Policy> policies = new ArrayList<>();

    OfListener(String name, ListenerProtocol protocol, int port) {
      this.name = name;
      this.protocol = protocol;
      this.port = port;
    }

    OfListener disabled() {
      enabled = false;
      return this;
    }

    OfListener leaving() {
      lifecycle = LEAVING;
      return this;
    }

    OfListener limit(int most) {
      limit = most;
      return this;
    }

    OfListener to(String pool) {
      defaultPool = new PoolId(uuid(pool));
      return this;
    }

    OfListener tls(ListenerTls settings) {
      tls = settings;
      return this;
    }

    OfListener header(String header, String value) {
      headers.put(header, value);
      return this;
    }

    OfListener timeouts(int client, int connect, int member, int inspect) {
      timeouts = new ListenerTimeouts(client, connect, member, inspect);
      return this;
    }

    OfListener allow(String... networks) {
      cidrs = List.of(networks);
      return this;
    }

    OfListener policy(String policy, L7Action action, L7Rule... rules) {
      policies.add(Trees.policy(policy, true, action, rules));
      return this;
    }

    OfListener disabledPolicy(String policy, L7Action action, L7Rule... rules) {
      policies.add(Trees.policy(policy, false, action, rules));
      return this;
    }

    OfListener tagged(String... tags) {
      labels = new Labels("", "", List.of(tags));
      return this;
    }

    Listener build() {
      return new Listener(
          new ListenerId(uuid(name)),
          labels,
          enabled,
          protocol,
          port,
          limit,
          defaultPool,
          tls,
          headers,
          timeouts,
          cidrs,
          policies,
          lifecycle);
    }
  }

  static OfListener listener(String name, ListenerProtocol protocol, int port) {
    return new OfListener(name, protocol, port);
  }

  private static L7Policy policy(String name, boolean enabled, L7Action action, L7Rule... rules) {
    return new L7Policy(
        new L7PolicyId(uuid(name)), Labels.NONE, enabled, action, Arrays.asList(rules), ACTIVE);
  }

  static L7Action toPool(String pool) {
    return new L7Action.ToPool(new PoolId(uuid(pool)));
  }

  static L7Rule rule(L7Rule.Type type, L7Rule.CompareType compare, String value) {
    return rule(type, compare, null, value, false, true);
  }

  static L7Rule rule(
      L7Rule.Type type,
      L7Rule.CompareType compare,
      @Nullable String key,
      String value,
      boolean invert,
      boolean enabled) {
    return new L7Rule(
        new L7RuleId(uuid(type + value)),
        List.of(),
        enabled,
        type,
        compare,
        key,
        value,
        invert,
        ACTIVE);
  }

  /// A pool's builder.
  static final class OfPool {
    private final String name;
    private final PoolProtocol protocol;
    private Labels labels = Labels.NONE;
    private boolean enabled = true;
    private Pool.Algorithm algorithm = Pool.Algorithm.ROUND_ROBIN;
    private @Nullable SessionPersistence persistence;
    private PoolTls tls = PoolTls.NONE;
    private final List<Member> members = new ArrayList<>();
    private @Nullable HealthMonitor monitor;

    OfPool(String name, PoolProtocol protocol) {
      this.name = name;
      this.protocol = protocol;
    }

    OfPool tagged(String... tags) {
      labels = new Labels("", "", List.of(tags));
      return this;
    }

    OfPool disabled() {
      enabled = false;
      return this;
    }

    OfPool algorithm(Pool.Algorithm wanted) {
      algorithm = wanted;
      return this;
    }

    OfPool persistence(SessionPersistence wanted) {
      persistence = wanted;
      return this;
    }

    OfPool tls(PoolTls settings) {
      tls = settings;
      return this;
    }

    OfPool member(String member, String address, int port) {
      return member(member, address, port, 1, false, true);
    }

    OfPool member(String member, String address, int port, int weight, boolean backup, boolean up) {
      members.add(Trees.member(member, up, address, port, weight, backup, null, null, ACTIVE));
      return this;
    }

    OfPool watched(String member, String address, int port, String monitor, int monitorPort) {
      members.add(
          Trees.member(member, true, address, port, 1, false, monitor, monitorPort, ACTIVE));
      return this;
    }

    OfPool leaving(String member, String address, int port) {
      members.add(Trees.member(member, true, address, port, 1, false, null, null, LEAVING));
      return this;
    }

    OfPool monitor(HealthMonitor wanted) {
      monitor = wanted;
      return this;
    }

    Pool build() {
      return new Pool(
          new PoolId(uuid(name)),
          labels,
          enabled,
          protocol,
          algorithm,
          persistence,
          tls,
          members,
          monitor,
          ACTIVE);
    }
  }

  static OfPool pool(String name, PoolProtocol protocol) {
    return new OfPool(name, protocol);
  }

  private static Member member(
      String name,
      boolean enabled,
      String address,
      int port,
      int weight,
      boolean backup,
      @Nullable String monitorAddress,
      @Nullable Integer monitorPort,
      Lifecycle lifecycle) {
    return new Member(
        new MemberId(uuid(name)),
        Labels.NONE,
        enabled,
        address,
        port,
        weight,
        backup,
        null,
        monitorAddress,
        monitorPort,
        lifecycle);
  }

  static HealthMonitor monitor(MonitorType type) {
    return monitor(type, 5, 4);
  }

  static HealthMonitor monitor(MonitorType type, int delay, int maxRetriesDown) {
    return new HealthMonitor(
        new HealthMonitorId(uuid("monitor")),
        Labels.NONE,
        true,
        type,
        delay,
        3,
        2,
        maxRetriesDown,
        null,
        null,
        null,
        null,
        null,
        ACTIVE);
  }

  static HealthMonitor httpMonitor(
      MonitorType type,
      String method,
      String path,
      String codes,
      @Nullable Double version,
      @Nullable String host,
      boolean enabled) {
    return new HealthMonitor(
        new HealthMonitorId(uuid("monitor")),
        Labels.NONE,
        enabled,
        type,
        5,
        3,
        2,
        4,
        method,
        path,
        codes,
        version,
        host,
        ACTIVE);
  }
}
