package agrippa.cloud.network;

import agrippa.model.LoadBalancerId;
import agrippa.web.Json;
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
/// @param holder what is plugged in here, or null. Unlike the device, which users may write, only
///     this program writes it
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

  /// What is plugged in.
  sealed interface Holder {
    /// A load balancer with its VIP, and the security groups and QoS policy that it wanted last;
    /// users may have set others since.
    record Vip(LoadBalancerId loadBalancer, List<UUID> groups, @Nullable UUID qosPolicy)
        implements Holder {
      public Vip {
        groups = List.copyOf(groups);
      }
    }

    /// A load balancer on its way to members.
    record Leg(LoadBalancerId loadBalancer) implements Holder {}

    /// A server.
    ///
    /// @param made whether the port was made for it, and goes with it
    record Server(UUID server, boolean made) implements Holder {}

    record Router(UUID router) implements Holder {}
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

  /// The port of something else, or nobody's again.
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
        next instanceof Holder.Vip vip ? vip.qosPolicy() : qosPolicy,
        binding,
        next);
  }

  /// With its security on or off.
  Port secured(boolean on) {
    return new Port(
        meta,
        network,
        adminStateUp,
        mac,
        fixedIps,
        device,
        securityGroups,
        addressPairs,
        on,
        qosPolicy,
        binding,
        holder);
  }

  /// Whether packets can come and go: something of this program's that the kernel knows is plugged
  /// in. As in Octavia's clouds, VIPs do not count.
  boolean active() {
    return adminStateUp
        && switch (holder) {
          case Holder.Leg _, Holder.Server _, Holder.Router _ -> true;
          case Holder.Vip _ -> false;
          case null -> false;
        };
  }

  String status() {
    return active() ? "ACTIVE" : "DOWN";
  }

  /// The load balancer that is plugged in, or null.
  @Nullable LoadBalancerId loadBalancer() {
    return switch (holder) {
      case Holder.Vip vip -> vip.loadBalancer();
      case Holder.Leg leg -> leg.loadBalancer();
      case Holder.Server _, Holder.Router _ -> null;
      case null -> null;
    };
  }

  boolean heldBy(LoadBalancerId id) {
    return id.equals(loadBalancer());
  }

  boolean heldBy(UUID server) {
    return holder instanceof Holder.Server it && it.server().equals(server);
  }

  /// Whether it was made for what is plugged in, and goes with it.
  boolean made() {
    return switch (holder) {
      case Holder.Vip _ -> device.owner().equals(LOAD_BALANCER);
      case Holder.Leg _, Holder.Router _ -> true;
      case Holder.Server server -> server.made();
      case null -> false;
    };
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("network_id", network.toString());
    json.put("mac_address", mac);
    json.put("admin_state_up", adminStateUp);
    json.put("status", status());
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
    json.put("binding:vif_type", active() ? "bridge" : "unbound");
    json.putObject("binding:vif_details");
    json.putArray("extra_dhcp_opts");
    json.put("qos_policy_id", text(qosPolicy));
    json.putNull("qos_network_policy_id");
    json.putNull("resource_request");
    if (holder != null) {
      json.set(HOLDER, json(holder));
    }
    return json;
  }

  private static ObjectNode json(Holder holder) {
    ObjectNode json = Json.object();
    switch (holder) {
      case Holder.Vip vip -> {
        json.put("id", vip.loadBalancer().toString()).put("qos_policy_id", text(vip.qosPolicy()));
        ArrayNode groups = json.putArray("security_groups");
        vip.groups().forEach(it -> groups.add(it.toString()));
      }
      case Holder.Leg leg -> json.put("leg_of", leg.loadBalancer().toString());
      case Holder.Router it -> json.put("router", it.router().toString());
      case Holder.Server it -> json.put("server", it.server().toString()).put("made", it.made());
    }
    return json;
  }

  /// Where [#json] keeps the holder; not shown to users.
  static final String HOLDER = "agrippa:holder";

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  /// A single address without its length, as it was most likely written.
  static String text(Cidr addresses) {
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
    if (json.has("leg_of")) {
      return new Holder.Leg(new LoadBalancerId(Resource.uuid(json, "leg_of")));
    }
    if (json.has("router")) {
      return new Holder.Router(Resource.uuid(json, "router"));
    }
    if (json.has("server")) {
      return new Holder.Server(Resource.uuid(json, "server"), json.path("made").booleanValue());
    }
    return new Holder.Vip(
        new LoadBalancerId(Resource.uuid(json, "id")),
        ids(json, "security_groups"),
        Resource.optional(json, "qos_policy_id", UUID::fromString));
  }

  private static List<UUID> ids(JsonNode json, String key) {
    return Resource.list(json, key, it -> UUID.fromString(it.stringValue()));
  }
}
