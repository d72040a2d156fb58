package agrippa.cloud.network;

import agrippa.cloud.network.Port.Binding;
import agrippa.cloud.network.Port.Device;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.control.Caller;
import agrippa.model.LoadBalancerId;
import agrippa.web.Json;
import java.net.InetAddress;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Ports.
final class PortCollection implements Collection<Port> {
  private static final List<String> VNIC_TYPES =
      List.of(
          "normal",
          "direct",
          "macvtap",
          "baremetal",
          "direct-physical",
          "virtio-forwarder",
          "smart-nic",
          "accelerator-direct",
          "accelerator-direct-physical",
          "remote-managed",
          "vdpa");

  /// How owners of devices begin that are no machines, but part of the network.
  private static final String SERVICE = "network:";

  private final RandomGenerator random;

  /// @param random for MAC addresses; used by one thread at a time
  PortCollection(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public Kind kind() {
    return Kind.PORT;
  }

  @Override
  public Port create(Draft draft, Caller caller, Form form) {
    Meta meta = draft.meta(Access.owner(caller, form), "", "");
    Network network = Access.network(caller, draft.state(), form.fixedId("network_id"));
    mustOwn(caller, network, form, "create_port");
    String mac =
        form.has("mac_address")
            ? PortMacs.wanted(draft.state(), network.id(), form)
            : freeMac(draft.state());
    String owner = form.text("device_owner", "");
    Port plain =
        plain(meta, network.id(), mac, true, List.of())
            .secured(network.portSecurity() && !owner.startsWith(SERVICE));
    PortAddresses choice = new PortAddresses(draft.state(), network, mac, owner, List.of());
    List<FixedIp> addresses = form.has("fixed_ips") ? choice.wanted(form) : choice.anywhere();
    Port port = filled(plain, draft, caller, addresses, form, "create_port");
    draft.add(port);
    return port;
  }

  @Override
  public Port update(Draft draft, Caller caller, Port before, Form form) {
    form.fixed("network_id");
    form.project();
    if (before.holder() instanceof Port.Holder.Router && form.has("fixed_ips")) {
      throw Fault.badRequest(
          "BadRequest",
          "Bad ports request: IP updates for port %s are not allowed.".formatted(before.id()));
    }
    if (before.holder() instanceof Port.Holder.Router
        && (form.has("device_id") || form.has("device_owner"))) {
      throw Fault.conflict(
          "ServicePortInUse",
          "Port %s cannot be updated directly via the port API: has device owner %s."
              .formatted(before.id(), before.device().owner()));
    }
    LoadBalancerId holder = before.loadBalancer();
    if (holder != null) {
      for (String name : List.of("fixed_ips", "device_id", "device_owner")) {
        if (form.has(name)) {
          throw held(before, holder, "updated");
        }
      }
    }
    Network network = draft.state().network(before.network()).orElseThrow();
    mustOwn(caller, network, form, "update_port");
    Access.admin(caller, form, "mac_address", "update_port");
    List<FixedIp> addresses =
        form.has("fixed_ips")
            ? new PortAddresses(
                    draft.state(),
                    network,
                    before.mac(),
                    form.text("device_owner", before.device().owner()),
                    before.fixedIps())
                .wanted(form)
            : before.fixedIps();
    Port after = draft.change(filled(before, draft, caller, addresses, form, "update_port"));
    List<InetAddress> left = after.fixedIps().stream().map(FixedIp::address).toList();
    for (FloatingIp it : draft.state().floatingIpsTo(before.id())) {
      if (it.target() != null && !left.contains(it.target().fixedAddress())) {
        draft.change(it.to(null));
      }
    }
    return after;
  }

  private static Fault held(Port port, LoadBalancerId holder, String verb) {
    return Fault.conflict(
        "ServicePortInUse",
        "Port %s cannot be %s directly via the port API: it %s load balancer %s."
            .formatted(
                port.id(),
                verb,
                port.holder() instanceof Port.Holder.Leg
                    ? "leads to members of"
                    : "holds the VIP of",
                holder));
  }

  private static Port filled(
      Port base, Draft draft, Caller caller, List<FixedIp> addresses, Form form, String rule) {
    Access.admin(caller, form, "binding:host_id", rule);
    Access.admin(caller, form, "binding:profile", rule);
    Device device =
        new Device(
            form.text("device_id", base.device().id()),
            form.text("device_owner", base.device().owner()));
    boolean security = form.flag("port_security_enabled", base.portSecurity());
    Port port =
        new Port(
            base.meta()
                .labelled(
                    form.text("name", base.meta().name()),
                    form.text("description", base.meta().description())),
            base.network(),
            form.flag("admin_state_up", base.adminStateUp()),
            PortMacs.changed(base, draft.state(), form),
            addresses,
            device,
            securityGroups(base, draft, caller, security, form),
            AddressPairs.of(base, security, form),
            security,
            qosPolicy(base, draft, caller, form),
            new Binding(
                form.choice("binding:vnic_type", base.binding().vnicType(), VNIC_TYPES),
                form.text("binding:host_id", base.binding().host()),
                form.object("binding:profile", base.binding().profile())),
            device.equals(base.device()) ? base.holder() : null);
    form.end();
    return port;
  }

  private static @Nullable UUID qosPolicy(Port base, Draft draft, Caller caller, Form form) {
    UUID wanted = form.id("qos_policy_id", base.qosPolicy());
    if (wanted == null || wanted.equals(base.qosPolicy())) {
      return wanted;
    }
    return draft
        .state()
        .qosPolicy(wanted)
        .filter(it -> Access.sees(caller, draft.state(), it))
        .map(Resource::id)
        .orElseThrow(() -> Fault.notFound(Kind.QOS_POLICY, wanted));
  }

  /// What would let a port take others' place is for the owners of networks to say.
  private static void mustOwn(Caller caller, Network network, Form form, String rule) {
    if (caller.mayUse(network.project())) {
      return;
    }
    for (String name : List.of("mac_address", "port_security_enabled", "allowed_address_pairs")) {
      if (form.has(name)) {
        throw Fault.forbidden(rule, name);
      }
    }
    if (form.text("device_owner", "").startsWith(SERVICE)) {
      throw Fault.forbidden(rule, "device_owner");
    }
    JsonNode addresses = form.anything("fixed_ips");
    if (addresses != null
        && StreamSupport.stream(addresses.spliterator(), false)
            .anyMatch(it -> it.has("ip_address"))) {
      throw Fault.forbidden(rule, "fixed_ips:ip_address");
    }
  }

  // MAC addresses.

  /// One in the range that OpenStack has for ports.
  String freeMac(NetworkState state) {
    while (true) {
      String mac =
          "fa:16:3e:%02x:%02x:%02x"
              .formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256));
      if (state.ports().noneMatch(it -> it.mac().equals(mac))) {
        return mac;
      }
    }
  }

  // Security groups.

  private static List<UUID> securityGroups(
      Port base, Draft draft, Caller caller, boolean security, Form form) {
    boolean created = draft.state().port(base.id()).isEmpty();
    List<UUID> byDefault =
        created && security
            ? List.of(SecurityGroupCollection.ensureDefault(draft, base.project()).id())
            : base.securityGroups();
    List<UUID> groups = form.ids("security_groups", byDefault).stream().distinct().toList();
    for (UUID it : form.has("security_groups") ? groups : List.<UUID>of()) {
      if (draft
          .state()
          .securityGroup(it)
          .filter(group -> caller.mayUse(group.project()))
          .isEmpty()) {
        throw Fault.notFound(Kind.SECURITY_GROUP, it);
      }
    }
    if (!security && !groups.isEmpty()) {
      throw form.has("security_groups")
          ? Fault.badRequest(
              "PortSecurityAndIPRequiredForSecurityGroups",
              "Port security must be enabled and port must have an IP address in order to use security groups.")
          : Fault.conflict(
              "PortSecurityPortHasSecurityGroup",
              "Port has security group associated. Cannot disable port security or IP address until security group is removed.");
    }
    return groups;
  }

  @Override
  public void delete(Draft draft, Caller caller, Port it) {
    if (it.holder() instanceof Port.Holder.Router) {
      throw Fault.conflict(
          "ServicePortInUse",
          "Port %s cannot be deleted directly via the port API: has device owner %s."
              .formatted(it.id(), it.device().owner()));
    }
    LoadBalancerId holder = it.loadBalancer();
    if (holder != null) {
      throw held(it, holder, "deleted");
    }
    remove(draft, it);
  }

  /// Removes a port, whoever holds it; floating IPs that lead to it lead nowhere then.
  static void remove(Draft draft, Port it) {
    draft.state().floatingIpsTo(it.id()).forEach(ip -> draft.change(ip.to(null)));
    draft.remove(it);
  }

  /// A port for what this program plugs in.
  Port plain(Draft draft, Meta meta, UUID network, boolean up, List<FixedIp> addresses) {
    return plain(meta, network, freeMac(draft.state()), up, addresses);
  }

  static Port plain(Meta meta, UUID network, String mac, boolean up, List<FixedIp> addresses) {
    return new Port(
        meta,
        network,
        up,
        mac,
        addresses,
        Device.NONE,
        List.of(),
        List.of(),
        true,
        null,
        new Binding("normal", "", Json.object()),
        null);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, Port it) {
    ObjectNode json = it.json();
    json.remove(Port.HOLDER);
    if (!caller.admin()) {
      json.remove(
          List.of(
              "binding:host_id",
              "binding:profile",
              "binding:vif_type",
              "binding:vif_details",
              "resource_request"));
    }
    return json;
  }
}
