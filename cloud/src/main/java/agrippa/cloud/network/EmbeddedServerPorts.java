package agrippa.cloud.network;

import agrippa.cloud.fabric.FabricException;
import agrippa.cloud.network.Port.Device;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Ports that servers are plugged in at.
final class EmbeddedServerPorts implements ServerPorts {
  private static final String OWNER = "compute:nova";
  private static final int MOST = 16;

  private final NetworkRecords records;
  private final PortCollection ports;
  private final @Nullable FabricKeeper keeper;

  /// @param keeper of the kernel's networks, or null where there are none
  EmbeddedServerPorts(NetworkRecords records, PortCollection ports, @Nullable FabricKeeper keeper) {
    this.records = records;
    this.ports = ports;
    this.keeper = keeper;
  }

  @Override
  public List<Attachment> attach(
      UUID server, Caller caller, List<Wish> wishes, List<String> securityGroups) {
    change(
        draft -> {
          List<UUID> groups =
              securityGroups.stream().map(it -> group(draft.state(), caller, it).id()).toList();
          List<Wish> all = wishes.isEmpty() ? List.of(onlyNetwork(draft.state(), caller)) : wishes;
          if (held(draft.state(), server).size() + all.size() > MOST) {
            throw Fault.senseless("a server has at most " + MOST + " ports");
          }
          all.forEach(it -> attach(draft, server, caller, it, groups));
          return server;
        });
    return attachments(server);
  }

  private static Wish onlyNetwork(NetworkState state, Caller caller) {
    List<Network> all =
        state
            .networks()
            .filter(it -> !it.external() && Access.sees(caller, state, it))
            .filter(it -> it.shared() || isOf(caller, it))
            .toList();
    return switch (all.size()) {
      case 1 -> new Wish.OnNetwork(all.getFirst().id(), null);
      case 0 -> throw Fault.badRequest("NetworkNotFound", "No network is available.");
      default ->
          throw Fault.conflict(
              "NetworkAmbiguous",
              "Multiple possible networks found, use a Network ID to be more specific.");
    };
  }

  private static boolean isOf(Caller caller, Resource it) {
    return it.project().equals(caller.project());
  }

  private void attach(
      Draft draft, UUID server, Caller caller, Wish wish, List<UUID> securityGroups) {
    switch (wish) {
      case Wish.OnNetwork(var network, var address) ->
          attach(draft, server, caller, network, address, securityGroups);
      case Wish.AtPort(var port) -> take(draft, server, caller, port);
    }
  }

  private void attach(
      Draft draft,
      UUID server,
      Caller caller,
      UUID networkId,
      @Nullable InetAddress address,
      List<UUID> securityGroups) {
    Network network = Access.network(caller, draft.state(), networkId);
    if (network.external() && !network.shared() && !caller.mayUse(network.project())) {
      throw Fault.forbidden("create_port:network_id");
    }
    ProjectId project = project(caller);
    String mac = ports.freeMac(draft.state());
    PortAddresses choice = new PortAddresses(draft.state(), network, mac, OWNER, List.of());
    List<FixedIp> addresses = address == null ? choice.anywhere() : List.of(choice.wanted(address));
    if (addresses.isEmpty()) {
      throw Fault.badRequest(
          "NetworkRequiresSubnet",
          "Network " + networkId + " requires a subnet in order to boot instances on.");
    }
    List<UUID> groups =
        !network.portSecurity()
            ? List.of()
            : securityGroups.isEmpty()
                ? List.of(SecurityGroupCollection.ensureDefault(draft, project).id())
                : securityGroups;
    Port plain = PortCollection.plain(draft.meta(project, "", ""), networkId, mac, true, addresses);
    draft.add(
        plain
            .secured(network.portSecurity())
            .heldBy(new Holder.Server(server, true), device(server), groups));
  }

  private static ProjectId project(Caller caller) {
    ProjectId project = caller.project();
    if (project == null) {
      throw Fault.badRequest("A token without a project cannot have servers.");
    }
    return project;
  }

  private static Device device(UUID server) {
    return new Device(server.toString(), OWNER);
  }

  private static void take(Draft draft, UUID server, Caller caller, UUID portId) {
    Port port =
        draft
            .state()
            .port(portId)
            .filter(it -> caller.mayUse(it.project()))
            .orElseThrow(() -> Fault.notFound(Kind.PORT, portId));
    if (port.heldBy(server)) {
      return;
    }
    if (port.holder() != null || !port.device().id().isEmpty()) {
      throw Fault.conflict("PortInUse", "Port " + portId + " is still in use.");
    }
    draft.change(
        port.heldBy(new Holder.Server(server, false), device(server), port.securityGroups()));
  }

  @Override
  public List<Attachment> attachments(UUID server) {
    NetworkState state = records.state();
    return held(state, server).stream().map(it -> attachment(state, it)).toList();
  }

  private static List<Port> held(NetworkState state, UUID server) {
    return state.ports().filter(it -> it.heldBy(server)).toList();
  }

  private static Attachment attachment(NetworkState state, Port port) {
    Set<InetAddress> dns = new LinkedHashSet<>();
    List<Address> addresses = new ArrayList<>();
    List<FloatingIp> floating = state.floatingIpsTo(port.id());
    for (FixedIp it : port.fixedIps()) {
      state.subnet(it.subnet()).ifPresent(subnet -> dns.addAll(subnet.dnsServers()));
      InetAddress outside =
          floating.stream()
              .filter(ip -> ip.target() != null && ip.target().fixedAddress().equals(it.address()))
              .map(FloatingIp::address)
              .findFirst()
              .orElse(null);
      addresses.add(new Address(it.subnet(), it.address(), outside));
    }
    return new Attachment(
        port.id(),
        port.network(),
        state.network(port.network()).map(it -> it.meta().name()).orElse(""),
        port.mac(),
        addresses,
        List.copyOf(dns));
  }

  @Override
  public void detach(UUID server, UUID port) {
    change(
        draft -> {
          draft
              .state()
              .port(port)
              .filter(it -> it.heldBy(server))
              .ifPresent(it -> release(draft, it));
          return server;
        });
  }

  @Override
  public void detachAll(UUID server) {
    change(
        draft -> {
          held(draft.state(), server).forEach(it -> release(draft, it));
          return server;
        });
  }

  private static void release(Draft draft, Port port) {
    if (port.made()) {
      PortCollection.remove(draft, port);
    } else {
      draft.change(port.heldBy(null, Device.NONE, port.securityGroups()));
    }
  }

  // Security groups.

  private static SecurityGroup group(NetworkState state, Caller caller, String name) {
    List<SecurityGroup> found =
        state
            .securityGroups()
            .filter(it -> caller.mayUse(it.project()))
            .filter(
                it ->
                    it.id().toString().equals(name)
                        || (it.meta().name().equals(name) && isOf(caller, it)))
            .toList();
    if (found.size() > 1) {
      throw Fault.conflict(
          "NoUniqueMatch",
          "Multiple security groups found matching '" + name + "'. Use an ID to be more specific.");
    }
    return found.stream()
        .findFirst()
        .orElseThrow(
            () ->
                Fault.notFound("SecurityGroupNotFound", "Security group " + name + " not found."));
  }

  @Override
  public void addSecurityGroup(UUID server, Caller caller, String group) {
    change(
        draft -> {
          UUID id = group(draft.state(), caller, group).id();
          for (Port it : held(draft.state(), server)) {
            if (it.portSecurity() && !it.securityGroups().contains(id)) {
              List<UUID> groups = new ArrayList<>(it.securityGroups());
              groups.add(id);
              draft.change(it.heldBy(it.holder(), it.device(), groups));
            }
          }
          return server;
        });
  }

  @Override
  public void removeSecurityGroup(UUID server, Caller caller, String group) {
    change(
        draft -> {
          UUID id = group(draft.state(), caller, group).id();
          List<Port> in =
              held(draft.state(), server).stream()
                  .filter(it -> it.securityGroups().contains(id))
                  .toList();
          if (in.isEmpty()) {
            throw Fault.notFound(
                "SecurityGroupNotFound",
                "Security group %s not associated with the instance %s".formatted(group, server));
          }
          for (Port it : in) {
            List<UUID> groups = new ArrayList<>(it.securityGroups());
            groups.remove(id);
            draft.change(it.heldBy(it.holder(), it.device(), groups));
          }
          return server;
        });
  }

  @Override
  public List<Group> securityGroups(UUID server) {
    NetworkState state = records.state();
    return held(state, server).stream()
        .flatMap(it -> it.securityGroups().stream())
        .distinct()
        .flatMap(it -> state.securityGroup(it).stream())
        .map(EmbeddedServerPorts::shown)
        .toList();
  }

  @Override
  public List<Group> groups(Caller caller) {
    return records
        .state()
        .securityGroups()
        .filter(it -> caller.mayUse(it.project()))
        .map(EmbeddedServerPorts::shown)
        .toList();
  }

  private static Group shown(SecurityGroup it) {
    return new Group(it.id(), it.meta().name(), it.meta().description(), it.project());
  }

  @Override
  public Optional<Path> namespace(UUID server) {
    FabricKeeper kernel = keeper;
    if (kernel == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(kernel.ensure(FabricPlanner.server(server)));
    } catch (FabricException e) {
      throw new RefusedException(500, "The network is not ready: " + e.getMessage());
    }
  }

  private <T> void change(Function<Draft, T> change) {
    try {
      records.change(change);
    } catch (Fault e) {
      throw new RefusedException(e.status(), e.text());
    }
  }
}
