package agrippa.cloud.network;

import agrippa.cloud.network.Port.FixedIp;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Chooses the addresses of one port.
final class PortAddresses {
  private static final int MOST = 5;

  private final NetworkState state;
  private final Network network;
  private final List<FixedIp> before;
  private final Allocator allocator;

  /// @param before what the port has now, and may keep or give back
  PortAddresses(NetworkState state, Network network, List<FixedIp> before) {
    this.state = state;
    this.network = network;
    this.before = before;
    this.allocator = new Allocator(state);
    before.forEach(it -> allocator.free(network.id(), it.address()));
  }

  /// One IPv4 and one IPv6 address, as far as the network has such subnets.
  List<FixedIp> anywhere(String deviceOwner) {
    List<FixedIp> found = new ArrayList<>();
    for (int version : new int[] {4, 6}) {
      List<Subnet> subnets =
          state.subnetsOf(network.id()).stream()
              .filter(it -> it.cidr().version() == version)
              .filter(it -> it.serviceTypes().isEmpty() || it.serviceTypes().contains(deviceOwner))
              .toList();
      if (!subnets.isEmpty()) {
        found.add(allocator.takeAny(subnets, network));
      }
    }
    return found;
  }

  /// This one.
  FixedIp wanted(InetAddress address) {
    return allocator.take(subnet(new Wish(null, address)), address);
  }

  /// What `fixed_ips` asks for; a subnet without an address keeps the port's address in it, if it
  /// has one.
  List<FixedIp> wanted(Form form) {
    List<Wish> wishes = form.list("fixed_ips", List.of(), PortAddresses::wish);
    if (wishes.size() > MOST) {
      throw Fault.senseless("Exceeded maximum amount of fixed ips per port");
    }
    List<FixedIp> kept = new ArrayList<>(before);
    FixedIp[] found = new FixedIp[wishes.size()];
    // Addresses asked for by name first, so that no other wish is given one of them.
    for (int i = 0; i < found.length; i++) {
      InetAddress address = wishes.get(i).address();
      if (address != null) {
        found[i] = allocator.take(subnet(wishes.get(i)), address);
        kept.remove(found[i]);
      }
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] == null) {
        found[i] = keptOrAny(subnet(wishes.get(i)), kept);
      }
    }
    return List.of(found);
  }

  private FixedIp keptOrAny(Subnet subnet, List<FixedIp> kept) {
    Optional<FixedIp> same =
        kept.stream().filter(it -> it.subnet().equals(subnet.id())).findFirst();
    if (same.isEmpty()) {
      return allocator.takeAny(List.of(subnet), network);
    }
    kept.remove(same.get());
    return allocator.take(subnet, same.get().address());
  }

  /// An element of `fixed_ips`; at least one of the two is there.
  private record Wish(@Nullable UUID subnet, @Nullable InetAddress address) {}

  private static Wish wish(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      throw Fault.invalid("fixed_ips", "'" + node.asString("None") + "' is not a dictionary.");
    }
    Form form = new Form(object, true);
    Wish wish = new Wish(form.id("subnet_id", null), form.address("ip_address", null));
    form.end();
    if (wish.subnet() == null && wish.address() == null) {
      throw Fault.senseless("IP allocation requires subnet_id or ip_address");
    }
    return wish;
  }

  private Subnet subnet(Wish wish) {
    UUID id = wish.subnet();
    return state.subnetsOf(network.id()).stream()
        .filter(it -> id == null ? holds(it, wish) : it.id().equals(id))
        .findFirst()
        .orElseThrow(() -> noSubnet(wish));
  }

  private static boolean holds(Subnet subnet, Wish wish) {
    return wish.address() != null && subnet.cidr().contains(wish.address());
  }

  private Fault noSubnet(Wish wish) {
    UUID id = wish.subnet();
    if (id == null) {
      return Fault.badRequest(
          "InvalidIpForNetwork",
          "IP address %s is not a valid IP for any of the subnets on the specified network."
              .formatted(wish.address() == null ? "" : Addresses.text(wish.address())));
    }
    return state.subnet(id).isEmpty()
        ? Fault.notFound(Kind.SUBNET, id)
        : Fault.senseless(
            "Failed to create port on network %s, because fixed_ips included invalid subnet %s"
                .formatted(network.id(), id));
  }
}
