package agrippa.cloud.network;

import agrippa.cloud.openstack.Answer;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Neutron's `network-ip-availability`.
final class Availability {
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private Availability() {}

  /// How many addresses each subnet has left; empty if the answer does not say.
  static Map<UUID, Long> free(Answer answer) {
    Map<UUID, Long> free = new HashMap<>();
    if (answer.ok()) {
      JsonNode network = answer.json().path("network_ip_availability");
      for (JsonNode subnet : network.path("subnet_ip_availability")) {
        // An IPv6 subnet has more addresses than a long can count.
        BigInteger total = number(subnet, "total_ips");
        BigInteger left = total.subtract(number(subnet, "used_ips")).max(BigInteger.ZERO).min(MOST);
        free.put(NeutronNetworks.uuid(subnet, "subnet_id"), left.longValueExact());
      }
    }
    return free;
  }

  private static BigInteger number(JsonNode subnet, String name) {
    return subnet.path(name).isNumber() ? subnet.path(name).bigIntegerValue() : BigInteger.ZERO;
  }
}
