package agrippa.cloud.network;

import agrippa.model.LoadBalancerId;
import java.net.InetAddress;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A place in a network, with addresses.
///
/// @param device who uses it
/// @param qosPolicy limits its traffic, or null
/// @param holder the load balancer whose VIP it carries, or null. Unlike the device, which users
///     may write, only claiming and releasing a VIP writes it
record Port(
    Meta meta,
    UUID network,
    boolean adminStateUp,
    String mac,
    List<FixedIp> fixedIps,
    Device device,
    List<UUID> securityGroups,
    List<AddressPair> addressPairs,
    boolean portSecurity,
    @Nullable UUID qosPolicy,
    Binding binding,
    @Nullable Holder holder)
    implements Resource {
  /// The owner of devices that are load balancers.
  static final String LOAD_BALANCER = "Octavia";

  Port {
    fixedIps = List.copyOf(fixedIps);
    securityGroups = List.copyOf(securityGroups);
    addressPairs = List.copyOf(addressPairs);
  }

  /// An address that the port has.
  record FixedIp(UUID subnet, InetAddress address) {}

  /// Who uses a port; both empty if nobody does.
  record Device(String id, String owner) {
    static final Device NONE = new Device("", "");
  }

  /// Further addresses that may be used behind a port.
  record AddressPair(Cidr addresses, String mac) {}

  /// Where a port is plugged in. The mirror plugs nothing; what is said is kept.
  ///
  /// @param profile a JSON object
  record Binding(String vnicType, String host, JsonNode profile) {}

  /// A load balancer, and the security groups and QoS policy that it wanted last; users may have
  /// set others since.
  record Holder(LoadBalancerId id, List<UUID> groups, @Nullable UUID qosPolicy) {
    Holder {
      groups = List.copyOf(groups);
    }
  }

  @Override
  public Kind kind() {
    return Kind.PORT;
  }

  @Override
  public Port with(Meta next) {
    return new Port(
        next,
        network,
        adminStateUp,
        mac,
        fixedIps,
        device,
        securityGroups,
        addressPairs,
        portSecurity,
        qosPolicy,
        binding,
        holder);
  }

  /// The port of a load balancer's VIP, or nobody's again.
  Port heldBy(@Nullable Holder next, Device newDevice, List<UUID> groups) {
    return new Port(
        meta,
        network,
        adminStateUp,
        mac,
        fixedIps,
        newDevice,
        groups,
        addressPairs,
        portSecurity,
        next == null ? qosPolicy : next.qosPolicy(),
        binding,
        next);
  }

  boolean heldBy(LoadBalancerId id) {
    return holder != null && holder.id().equals(id);
  }

  /// Whether it was made for a load balancer's VIP, and goes with it.
  boolean made() {
    return holder != null && device.owner().equals(LOAD_BALANCER);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("network_id", network.toString());
    json.put("mac_address", mac);
    json.put("admin_state_up", adminStateUp);
    json.put("status", "DOWN");
    json.put("device_id", device.id());
    json.put("device_owner", device.owner());
    ArrayNode addresses = json.putArray("fixed_ips");
    for (FixedIp it : fixedIps) {
      addresses
          .addObject()
          .put("subnet_id", it.subnet().toString())
          .put("ip_address", Addresses.text(it.address()));
    }
    ArrayNode groups = json.putArray("security_groups");
    securityGroups.forEach(it -> groups.add(it.toString()));
    ArrayNode pairs = json.putArray("allowed_address_pairs");
    for (AddressPair it : addressPairs) {
      pairs.addObject().put("ip_address", text(it.addresses())).put("mac_address", it.mac());
    }
    json.put("port_security_enabled", portSecurity);
    json.put("binding:vnic_type", binding.vnicType());
    json.put("binding:host_id", binding.host());
    json.set("binding:profile", binding.profile());
    json.put("binding:vif_type", "unbound");
    json.putObject("binding:vif_details");
    json.putArray("extra_dhcp_opts");
    json.put("qos_policy_id", text(qosPolicy));
    if (holder != null) {
      ObjectNode wanted = json.putObject(HOLDER).put("id", holder.id().toString());
      wanted.put("qos_policy_id", text(holder.qosPolicy()));
      ArrayNode wantedGroups = wanted.putArray("security_groups");
      holder.groups().forEach(it -> wantedGroups.add(it.toString()));
    }
    return json;
  }

  /// Where [#json] keeps the holder; not shown to users.
  static final String HOLDER = "agrippa:holder";

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  /// A single address without its length, as it was most likely written.
  private static String text(Cidr addresses) {
    return addresses.first().equals(addresses.last())
        ? Addresses.text(addresses.network())
        : addresses.toString();
  }

  static Port of(Meta meta, JsonNode json) {
    return new Port(
        meta,
        Resource.uuid(json, "network_id"),
        json.path("admin_state_up").booleanValue(),
        json.path("mac_address").stringValue(),
        Resource.list(
            json,
            "fixed_ips",
            it ->
                new FixedIp(
                    Resource.uuid(it, "subnet_id"),
                    Addresses.of(it.path("ip_address").stringValue()))),
        new Device(json.path("device_id").stringValue(), json.path("device_owner").stringValue()),
        ids(json, "security_groups"),
        Resource.list(
            json,
            "allowed_address_pairs",
            it ->
                new AddressPair(
                    Cidr.of(it.path("ip_address").stringValue()),
                    it.path("mac_address").stringValue())),
        json.path("port_security_enabled").booleanValue(),
        Resource.optional(json, "qos_policy_id", UUID::fromString),
        new Binding(
            json.path("binding:vnic_type").stringValue(),
            json.path("binding:host_id").stringValue(),
            json.path("binding:profile")),
        json.has(HOLDER) ? holder(json.path(HOLDER)) : null);
  }

  private static Holder holder(JsonNode json) {
    return new Holder(
        new LoadBalancerId(Resource.uuid(json, "id")),
        ids(json, "security_groups"),
        Resource.optional(json, "qos_policy_id", UUID::fromString));
  }

  private static List<UUID> ids(JsonNode json, String key) {
    return Resource.list(json, key, it -> UUID.fromString(it.stringValue()));
  }
}
