package agrippa.api.wire;

import agrippa.model.HealthMonitor;
import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.Lifecycle;
import agrippa.model.Listener;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.ProvisioningStatus;
import agrippa.model.Statistics;
import agrippa.web.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Status trees and statistics.
public final class StatusJson {
  private static final JsonSchema COUNTERS =
      counted(
          List.of(
              "bytes_in",
              "bytes_out",
              "active_connections",
              "total_connections",
              "request_errors"));

  private static final JsonSchema NODE =
      JsonSchema.object()
          .having("id", JsonSchema.UUID)
          .having("name", JsonSchema.TEXT)
          .having("operating_status", JsonSchema.choice(OperatingStatus.class))
          .having("provisioning_status", JsonSchema.choice(ProvisioningStatus.class));

  private StatusJson() {}

  static JsonSchema counted(List<String> names) {
    JsonSchema counters = JsonSchema.object();
    for (String it : names) {
      counters = counters.having(it, JsonSchema.INTEGER.with("minimum", 0));
    }
    return counters;
  }

  /// Describes what [#statistics] writes.
  public static JsonSchema statisticsSchema() {
    return JsonSchema.wrapped("stats", COUNTERS.named("Statistics"));
  }

  /// Describes what [#statuses] writes.
  public static JsonSchema statusesSchema() {
    JsonSchema member =
        NODE.having("address", JsonSchema.ADDRESS).having("protocol_port", JsonSchema.INTEGER);
    JsonSchema pool =
        NODE.maybe("health_monitor", NODE.having("type", JsonSchema.TEXT))
            .having("members", JsonSchema.list(member));
    JsonSchema listener = NODE.having("pools", JsonSchema.list(pool));
    JsonSchema loadBalancer = NODE.having("listeners", JsonSchema.list(listener));
    return JsonSchema.wrapped(
        "statuses", JsonSchema.wrapped("loadbalancer", loadBalancer).named("StatusTree"));
  }

  /// `statuses` as Octavia's code writes it: without L7 policies and without unattached pools.
  public static ObjectNode statuses(LoadBalancerTree tree) {
    LoadBalancer it = tree.loadBalancer();
    ObjectNode json = node(it.id(), it.labels().name(), it.lifecycle());
    ArrayNode listeners = Json.array();
    tree.listeners().forEach(listener -> listeners.add(listener(tree, listener)));
    json.set("listeners", listeners);
    ObjectNode statuses = Json.object();
    statuses.set("loadbalancer", json);
    ObjectNode root = Json.object();
    root.set("statuses", statuses);
    return root;
  }

  public static ObjectNode statistics(Statistics it) {
    ObjectNode root = Json.object();
    root.putObject("stats")
        .put("bytes_in", it.bytesIn())
        .put("bytes_out", it.bytesOut())
        .put("active_connections", it.activeConnections())
        .put("total_connections", it.totalConnections())
        .put("request_errors", it.requestErrors());
    return root;
  }

  private static ObjectNode listener(LoadBalancerTree tree, Listener it) {
    ObjectNode json = node(it.id(), it.labels().name(), it.lifecycle());
    ArrayNode pools = Json.array();
    poolsOf(it).stream()
        .flatMap(id -> tree.pool(id).stream())
        .forEach(pool -> pools.add(pool(pool)));
    json.set("pools", pools);
    return json;
  }

  /// The default pool and those of enabled policies that have a rule.
  private static Set<PoolId> poolsOf(Listener listener) {
    Set<PoolId> pools = new LinkedHashSet<>();
    Stream.ofNullable(listener.defaultPool()).forEach(pools::add);
    listener.policies().stream()
        .filter(it -> it.adminStateUp() && !it.rules().isEmpty())
        .map(L7Policy::action)
        .map(it -> it instanceof L7Action.ToPool(PoolId pool) ? pool : null)
        .filter(Objects::nonNull)
        .forEach(pools::add);
    return pools;
  }

  private static ObjectNode pool(Pool it) {
    ObjectNode json = node(it.id(), it.labels().name(), it.lifecycle());
    HealthMonitor monitor = it.monitor();
    if (monitor != null) {
      ObjectNode node = node(monitor.id(), monitor.labels().name(), monitor.lifecycle());
      json.set("health_monitor", node.put("type", monitor.type().wireName()));
    }
    ArrayNode members = Json.array();
    it.members().forEach(member -> members.add(member(member)));
    json.set("members", members);
    return json;
  }

  private static ObjectNode member(Member it) {
    return node(it.id(), it.labels().name(), it.lifecycle())
        .put("address", it.address())
        .put("protocol_port", it.protocolPort());
  }

  private static ObjectNode node(Object id, String name, Lifecycle lifecycle) {
    return Json.object()
        .put("id", id.toString())
        .put("name", name)
        .put("operating_status", lifecycle.operating().name())
        .put("provisioning_status", lifecycle.provisioning().name());
  }
}
