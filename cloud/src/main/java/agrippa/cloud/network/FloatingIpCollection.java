package agrippa.cloud.network;

import agrippa.cloud.network.FloatingIp.Target;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.control.Caller;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Floating IPs. Where networks are mirrored they need no router, since every network reaches every
/// other through the mirror.
final class FloatingIpCollection implements Collection<FloatingIp> {
  @Override
  public Kind kind() {
    return Kind.FLOATING_IP;
  }

  @Override
  public FloatingIp create(Draft draft, Caller caller, Form form) {
    Meta meta = draft.meta(Access.owner(caller, form), "", "");
    Access.admin(caller, form, "floating_ip_address", "create_floatingip");
    Network network = Access.network(caller, draft.state(), form.fixedId("floating_network_id"));
    if (!network.external()) {
      throw bad("Network " + network.id() + " is not a valid external network.");
    }
    FixedIp external = external(draft.state(), network, form);
    FloatingIp plain =
        new FloatingIp(meta, network.id(), external.subnet(), external.address(), null);
    FloatingIp created = filled(plain, draft.state(), caller, form);
    draft.add(created);
    return created;
  }

  private static FixedIp external(NetworkState state, Network network, Form form) {
    UUID wantedSubnet = form.id("subnet_id", null);
    InetAddress wanted = form.address("floating_ip_address", null);
    List<Subnet> subnets =
        state.subnetsOf(network.id()).stream()
            .filter(it -> it.cidr().version() == 4)
            .filter(it -> wantedSubnet == null || it.id().equals(wantedSubnet))
            .toList();
    if (wantedSubnet != null && subnets.isEmpty()) {
      throw Fault.notFound(Kind.SUBNET, wantedSubnet);
    }
    if (subnets.isEmpty()) {
      throw bad("Network " + network.id() + " does not contain any IPv4 subnet");
    }
    Allocator allocator = new Allocator(state);
    if (wanted == null) {
      return allocator.takeAny(subnets, network);
    }
    return subnets.stream()
        .filter(it -> it.cidr().contains(wanted))
        .findFirst()
        .map(it -> allocator.take(it, wanted))
        .orElseThrow(
            () ->
                Fault.badRequest(
                    "InvalidIpForNetwork",
                    "IP address %s is not a valid IP for any of the subnets on the specified network."
                        .formatted(Addresses.text(wanted))));
  }

  @Override
  public FloatingIp update(Draft draft, Caller caller, FloatingIp before, Form form) {
    for (String name : List.of("floating_network_id", "floating_ip_address", "subnet_id")) {
      form.fixed(name);
    }
    form.project();
    return draft.change(filled(before, draft.state(), caller, form));
  }

  private static FloatingIp filled(FloatingIp base, NetworkState state, Caller caller, Form form) {
    form.nothing("qos_policy_id", "QoS policy");
    Meta meta = base.meta();
    FloatingIp filled =
        base.with(meta.labelled("", form.text("description", meta.description())))
            .to(target(base, state, caller, form));
    form.end();
    return filled;
  }

  private static @Nullable Target target(
      FloatingIp base, NetworkState state, Caller caller, Form form) {
    Target before = base.target();
    UUID portId = form.id("port_id", before == null ? null : before.port());
    InetAddress wanted = form.address("fixed_ip_address", null);
    if (portId == null) {
      if (wanted != null) {
        throw bad("Specified fixed_ip_address without a port_id");
      }
      return null;
    }
    if (!form.has("port_id") && !form.has("fixed_ip_address")) {
      return before;
    }
    Port port =
        state
            .port(portId)
            .filter(it -> Access.sees(caller, state, it))
            .orElseThrow(() -> Fault.notFound(Kind.PORT, portId));
    Target target = new Target(portId, fixedAddress(port, wanted));
    mustBeRouted(base, state, port, target);
    boolean taken =
        state
            .floatingIps()
            .anyMatch(
                it ->
                    target.equals(it.target())
                        && it.network().equals(base.network())
                        && !it.id().equals(base.id()));
    if (taken) {
      throw Fault.conflict(
          "FloatingIPPortAlreadyAssociated",
          "Cannot associate floating IP %s (%s) with port %s using fixed IP %s, as that fixed IP already has a floating IP on external network %s."
              .formatted(
                  Addresses.text(base.address()),
                  base.id(),
                  portId,
                  Addresses.text(target.fixedAddress()),
                  base.network()));
    }
    return target;
  }

  private static void mustBeRouted(FloatingIp base, NetworkState state, Port port, Target target) {
    UUID subnet = Routing.subnet(port, target.fixedAddress()).orElseThrow();
    if (state.space() == AddressSpace.NETWORK
        && Routing.between(state, base.network(), subnet).isEmpty()) {
      throw Fault.notFound(
          "ExternalGatewayForFloatingIPNotFound",
          "External network %s is not reachable from subnet %s.  Therefore, cannot associate Port %s with a Floating IP."
              .formatted(base.network(), subnet, port.id()));
    }
  }

  private static InetAddress fixedAddress(Port port, @Nullable InetAddress wanted) {
    List<InetAddress> addresses =
        port.fixedIps().stream()
            .map(FixedIp::address)
            .filter(Inet4Address.class::isInstance)
            .toList();
    if (wanted != null && !addresses.contains(wanted)) {
      throw bad("Port %s does not have fixed ip %s".formatted(port.id(), Addresses.text(wanted)));
    }
    if (addresses.isEmpty()) {
      throw bad(
          "Cannot add floating IP to port %s that has no fixed IPv4 addresses"
              .formatted(port.id()));
    }
    if (wanted == null && addresses.size() > 1) {
      throw bad(
          "Port %s has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP"
              .formatted(port.id()));
    }
    return wanted == null ? addresses.getFirst() : wanted;
  }

  private static Fault bad(String detail) {
    return Fault.badRequest("BadRequest", "Bad floatingip request: " + detail);
  }

  @Override
  public void delete(Draft draft, Caller caller, FloatingIp it) {
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, FloatingIp it) {
    ObjectNode json = it.json();
    json.remove(List.of("name", FloatingIp.SUBNET));
    Target target = it.target();
    if (target == null) {
      json.putNull("port_details");
      return json;
    }
    UUID router = Routing.router(state, it);
    json.put("router_id", router == null ? null : router.toString());
    Port port = state.port(target.port()).orElseThrow();
    json.putObject("port_details")
        .put("name", port.meta().name())
        .put("network_id", port.network().toString())
        .put("mac_address", port.mac())
        .put("admin_state_up", port.adminStateUp())
        .put("status", port.status())
        .put("device_id", port.device().id())
        .put("device_owner", port.device().owner());
    return json;
  }
}
