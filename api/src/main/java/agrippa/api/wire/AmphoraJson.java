package agrippa.api.wire;

import agrippa.model.ListenerId;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProvisioningStatus;
import agrippa.model.Statistics;
import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// `amphora`: the instance of the data plane that serves a load balancer. Each has one, in this
/// process; what a virtual machine would have besides (an image, a flavor, an address of its own,
/// a partner for VRRP) is null.
public final class AmphoraJson {
  /// What answers show.
  public static final Shape<LoadBalancerTree> SHAPE =
      new Shape<LoadBalancerTree>()
          .plain("id", JsonSchema.UUID, AmphoraJson::id)
          .plain("loadbalancer_id", JsonSchema.UUID, LoadBalancerTree::id)
          .plain("compute_id", JsonSchema.UUID, AmphoraJson::id)
          .plain("lb_network_ip", JsonSchema.ADDRESS.orNull(), it -> null)
          .plain("vrrp_ip", JsonSchema.ADDRESS, it -> it.loadBalancer().vip().address())
          .plain("ha_ip", JsonSchema.ADDRESS, it -> it.loadBalancer().vip().address())
          .plain("vrrp_port_id", JsonSchema.UUID, it -> it.loadBalancer().vip().port())
          .plain("ha_port_id", JsonSchema.UUID, it -> it.loadBalancer().vip().port())
          .plain("cert_expiration", JsonSchema.TIME.orNull(), it -> null)
          .plain("cert_busy", JsonSchema.BOOLEAN, it -> false)
          .plain(
              "role",
              JsonSchema.choice(List.of("STANDALONE", "MASTER", "BACKUP")),
              it -> "STANDALONE")
          .plain(
              "status", JsonSchema.TEXT, it -> status(it.loadBalancer().lifecycle().provisioning()))
          .plain("vrrp_interface", JsonSchema.TEXT.orNull(), it -> null)
          .plain("vrrp_id", JsonSchema.INTEGER, it -> 1)
          .plain("vrrp_priority", JsonSchema.INTEGER.orNull(), it -> null)
          .plain("cached_zone", JsonSchema.TEXT.orNull(), it -> null)
          .plain("created_at", JsonSchema.TIME, it -> it.loadBalancer().lifecycle().createdAt())
          .plain(
              "updated_at",
              JsonSchema.TIME.orNull(),
              it -> it.loadBalancer().lifecycle().updatedAt())
          .plain("image_id", JsonSchema.UUID.orNull(), it -> null)
          .plain("compute_flavor", JsonSchema.TEXT.orNull(), it -> null)
          .filterOnly("project_id", JsonSchema.TEXT, it -> it.loadBalancer().project());

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema().named("Amphora");

  private AmphoraJson() {}

  /// A failover makes a new amphora; apart from that, its id never changes.
  public static UUID id(LoadBalancerTree tree) {
    LoadBalancer it = tree.loadBalancer();
    String name = "amphora " + it.failovers() + " of " + it.id();
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String status(ProvisioningStatus status) {
    return switch (status) {
      case ACTIVE, PENDING_UPDATE -> "ALLOCATED";
      case PENDING_CREATE, PENDING_DELETE, ERROR -> status.name();
    };
  }

  /// Describes `amphora_stats`.
  public static JsonSchema statisticsSchema() {
    JsonSchema counters =
        StatusJson.counted(
            List.of(
                "active_connections",
                "bytes_in",
                "bytes_out",
                "request_errors",
                "total_connections"));
    return JsonSchema.list(
        counters
            .having("id", JsonSchema.UUID)
            .having("listener_id", JsonSchema.UUID)
            .having("loadbalancer_id", JsonSchema.UUID)
            .named("AmphoraStatistics"));
  }

  /// One entry of `amphora_stats`.
  public static ObjectNode statistics(LoadBalancerTree tree, ListenerId listener, Statistics it) {
    return Json.object()
        .put("active_connections", it.activeConnections())
        .put("bytes_in", it.bytesIn())
        .put("bytes_out", it.bytesOut())
        .put("id", id(tree).toString())
        .put("listener_id", listener.toString())
        .put("loadbalancer_id", tree.id().toString())
        .put("request_errors", it.requestErrors())
        .put("total_connections", it.totalConnections());
  }
}
