package agrippa.cloud.network;

import agrippa.control.spi.Networks;
import agrippa.control.spi.Networks.FixedIp;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.QosPolicyId;
import agrippa.model.SubnetId;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A port, as Neutron describes it.
///
/// @param owner Neutron's `device_owner`
/// @param revision counts its changes, if Neutron counts them
record NeutronPort(Networks.Port port, String owner, OptionalLong revision) {
  /// The owner of ports that go with their load balancer, as Octavia names it.
  static final String OCTAVIA = "Octavia";

  static NeutronPort of(JsonNode it) {
    List<FixedIp> addresses =
        it.path("fixed_ips")
            .valueStream()
            .map(
                ip ->
                    new FixedIp(
                        new SubnetId(NeutronNetworks.uuid(ip, "subnet_id")),
                        ip.path("ip_address").asString("")))
            .toList();
    String qos = it.path("qos_policy_id").asString("");
    JsonNode revision = it.path("revision_number");
    return new NeutronPort(
        new Networks.Port(
            new PortId(NeutronNetworks.uuid(it, "id")),
            new NetworkId(NeutronNetworks.uuid(it, "network_id")),
            it.path("device_id").asString(""),
            addresses,
            qos.isEmpty() ? null : new QosPolicyId(UUID.fromString(qos))),
        it.path("device_owner").asString(""),
        revision.isNumber() ? OptionalLong.of(revision.asLong()) : OptionalLong.empty());
  }

  String path() {
    return "/ports/" + port.id();
  }

  /// Whether it was made for a load balancer.
  boolean made() {
    return owner.equals(OCTAVIA);
  }
}
