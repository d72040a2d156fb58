package agrippa.api.wire;

import agrippa.model.ListenerId;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProvisioningStatus;
import agrippa.model.Statistics;
import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// `amphora`: the instance of the data plane that serves a load balancer. Each has one, in this
/// process; what a virtual machine would have besides (an image, a flavor, an address of its own,
/// a partner for VRRP) is null.
public final class AmphoraJson {
  /// What answers show.
  public static final Shape<LoadBalancerTree> SHAPE =
      new Shape<LoadBalancerTree>()
          .plain("id", AmphoraJson::id)
          .plain("loadbalancer_id", LoadBalancerTree::id)
          .plain("compute_id", AmphoraJson::id)
          .plain("lb_network_ip", it -> null)
          .plain("vrrp_ip", it -> it.loadBalancer().vip().address())
          .plain("ha_ip", it -> it.loadBalancer().vip().address())
          .plain("vrrp_port_id", it -> it.loadBalancer().vip().port())
          .plain("ha_port_id", it -> it.loadBalancer().vip().port())
          .plain("cert_expiration", it -> null)
          .plain("cert_busy", it -> false)
          .plain("role", it -> "STANDALONE")
          .plain("status", it -> status(it.loadBalancer().lifecycle().provisioning()))
          .plain("vrrp_interface", it -> null)
          .plain("vrrp_id", it -> 1)
          .plain("vrrp_priority", it -> null)
          .plain("cached_zone", it -> null)
          .plain("created_at", it -> it.loadBalancer().lifecycle().createdAt())
          .plain("updated_at", it -> it.loadBalancer().lifecycle().updatedAt())
          .plain("image_id", it -> null)
          .plain("compute_flavor", it -> null)
          .filterOnly("project_id", it -> it.loadBalancer().project());

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
