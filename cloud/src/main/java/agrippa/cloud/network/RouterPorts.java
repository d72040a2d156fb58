package agrippa.cloud.network;

import agrippa.cloud.network.Port.Device;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import agrippa.cloud.network.Router.Gateway;
import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The interfaces of routers.
final class RouterPorts {
  // Gateways are nobody's, in Neutron as well.
  private static final ProjectId NOBODY = new ProjectId("");

  private final PortCollection ports;

  RouterPorts(PortCollection ports) {
    this.ports = ports;
  }

  static Stream<Port> of(NetworkState state, UUID router) {
    return state.ports().filter(it -> RouterCollection.holds(it, router));
  }

  static boolean isOutside(Port port) {
    return port.device().owner().equals(Router.GATEWAY);
  }

  /// The port of a router's gateway.
  static Optional<Port> outside(NetworkState state, UUID router) {
    return of(state, router).filter(RouterPorts::isOutside).findFirst();
  }

  /// Makes the port of a router's gateway, if it shall have one.
  ///
  /// @param wanted `fixed_ips` as in a port's form, or null for any
  void outside(Draft draft, Router router, @Nullable ObjectNode wanted) {
    Gateway gateway = router.gateway();
    if (gateway == null) {
      return;
    }
    Network network = draft.state().network(gateway.network()).orElseThrow();
    PortAddresses choice =
        new PortAddresses(
            draft.state(), network, ports.freeMac(draft.state()), Router.GATEWAY, List.of());
    List<FixedIp> addresses =
        wanted == null ? choice.anywhere() : choice.wanted(new Form(wanted, true));
    if (addresses.isEmpty()) {
      throw RouterCollection.bad("No subnets available for external network " + network.id());
    }
    add(draft, router, network.id(), addresses, NOBODY, Router.GATEWAY);
  }

  void noOutside(Draft draft, Router router) {
    outside(draft.state(), router.id()).ifPresent(draft::remove);
  }

  private Port add(
      Draft draft,
      Router router,
      UUID network,
      List<FixedIp> addresses,
      ProjectId project,
      String owner) {
    Port port =
        ports
            .plain(draft, draft.meta(project, "", ""), network, true, addresses)
            .secured(false)
            .heldBy(
                new Holder.Router(router.id()),
                new Device(router.id().toString(), owner),
                List.of());
    draft.add(port);
    return port;
  }

  // Interfaces inside.

  /// Adds one, as a request asks: to a subnet, or at a port.
  ObjectNode add(Draft draft, Caller caller, Router router, Form form) {
    UUID subnetId = form.id("subnet_id", null);
    UUID portId = form.id("port_id", null);
    form.end();
    if ((subnetId == null) == (portId == null)) {
      throw RouterCollection.bad(
          subnetId == null
              ? "Either subnet_id or port_id must be specified"
              : "Cannot specify both subnet-id and port-id");
    }
    Port port =
        subnetId != null
            ? onSubnet(draft, caller, router, subnetId)
            : atPort(draft, caller, router, portId == null ? new UUID(0, 0) : portId);
    return shown(router, port);
  }

  private Port onSubnet(Draft draft, Caller caller, Router router, UUID id) {
    NetworkState state = draft.state();
    Subnet subnet =
        state
            .subnet(id)
            .filter(it -> Access.sees(caller, state, it))
            .orElseThrow(() -> Fault.notFound(Kind.SUBNET, id));
    InetAddress gateway = subnet.gateway();
    if (gateway == null) {
      throw RouterCollection.bad("Subnet for router interface must have a gateway IP");
    }
    mustFit(state, router, subnet);
    FixedIp address = new Allocator(state).take(subnet, gateway);
    return add(
        draft, router, subnet.network(), List.of(address), router.project(), Router.INTERFACE);
  }

  private static Port atPort(Draft draft, Caller caller, Router router, UUID id) {
    NetworkState state = draft.state();
    Port port =
        state
            .port(id)
            .filter(it -> Access.sees(caller, state, it))
            .orElseThrow(() -> Fault.notFound(Kind.PORT, id));
    if (!port.device().id().isEmpty() || port.holder() != null) {
      throw Fault.conflict(
          "PortInUse",
          "Unable to complete operation on port %s for network %s. Port already has an attached device %s."
              .formatted(id, port.network(), port.device().id()));
    }
    if (port.fixedIps().isEmpty()) {
      throw RouterCollection.bad("Router port must have at least one fixed IP");
    }
    for (FixedIp it : port.fixedIps()) {
      mustFit(state, router, state.subnet(it.subnet()).orElseThrow());
    }
    return draft.change(
        port.secured(false)
            .heldBy(
                new Holder.Router(router.id()),
                new Device(router.id().toString(), Router.INTERFACE),
                List.of()));
  }

  private static void mustFit(NetworkState state, Router router, Subnet subnet) {
    for (FixedIp it : of(state, router.id()).flatMap(port -> port.fixedIps().stream()).toList()) {
      Subnet other = state.subnet(it.subnet()).orElseThrow();
      if (other.id().equals(subnet.id())) {
        throw RouterCollection.bad("Router already has a port on subnet " + subnet.id());
      }
      if (other.cidr().overlaps(subnet.cidr())) {
        throw RouterCollection.bad(
            "Cidr %s of subnet %s overlaps with cidr %s of subnet %s"
                .formatted(subnet.cidr(), subnet.id(), other.cidr(), other.id()));
      }
    }
  }

  /// Removes one, as a request asks: from a subnet, or a port.
  ObjectNode remove(Draft draft, Router router, Form form) {
    UUID subnetId = form.id("subnet_id", null);
    UUID portId = form.id("port_id", null);
    form.end();
    if (subnetId == null && portId == null) {
      throw RouterCollection.bad("Either subnet_id or port_id must be specified");
    }
    Port port =
        of(draft.state(), router.id())
            .filter(it -> !isOutside(it))
            .filter(it -> portId == null || it.id().equals(portId))
            .filter(it -> subnetId == null || isOn(it, subnetId))
            .findFirst()
            .orElseThrow(() -> noInterface(router, subnetId, portId));
    for (FixedIp it : port.fixedIps()) {
      mustNotBeNeeded(draft.state(), router, it.subnet());
    }
    draft.remove(port);
    return shown(router, port);
  }

  private static boolean isOn(Port port, UUID subnet) {
    return port.fixedIps().stream().anyMatch(ip -> ip.subnet().equals(subnet));
  }

  private static Fault noInterface(Router router, @Nullable UUID subnet, @Nullable UUID port) {
    return port == null
        ? Fault.notFound(
            "RouterInterfaceNotFoundForSubnet",
            "Router %s has no interface on subnet %s".formatted(router.id(), subnet))
        : Fault.notFound(
            "RouterInterfaceNotFound",
            "Router %s does not have an interface with id %s".formatted(router.id(), port));
  }

  private static void mustNotBeNeeded(NetworkState state, Router router, UUID subnet) {
    boolean needed =
        state
            .floatingIps()
            .filter(it -> router.id().equals(Routing.router(state, it)))
            .anyMatch(it -> subnet.equals(Routing.targetSubnet(state, it)));
    if (needed) {
      throw Fault.conflict(
          "RouterInterfaceInUseByFloatingIP",
          "Router interface for subnet %s on router %s cannot be deleted, as it is required by one or more floating IPs."
              .formatted(subnet, router.id()));
    }
  }

  private static ObjectNode shown(Router router, Port port) {
    ObjectNode json = Json.object();
    json.put("id", router.id().toString());
    json.put("tenant_id", router.project().value());
    json.put("project_id", router.project().value());
    json.put("port_id", port.id().toString());
    json.put("network_id", port.network().toString());
    json.put("subnet_id", port.fixedIps().getFirst().subnet().toString());
    ArrayNode subnets = json.putArray("subnet_ids");
    port.fixedIps().forEach(it -> subnets.add(it.subnet().toString()));
    return json;
  }
}
