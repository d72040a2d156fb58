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
  private final String mac;
  private final String owner;
  private final List<FixedIp> before;
  private final Allocator allocator;

  /// @param mac the port's, which makes its addresses where machines make their own
  /// @param owner of the port's device
  /// @param before what the port has now, and may keep or give back
  PortAddresses(
      NetworkState state, Network network, String mac, String owner, List<FixedIp> before) {
    this.state = state;
    this.network = network;
    this.mac = mac;
    this.owner = owner;
    this.before = before;
    this.allocator = new Allocator(state);
    before.forEach(it -> allocator.free(network.id(), it.address()));
  }

  /// One IPv4 and one IPv6 address, as far as the network has such subnets, and those that machines
  /// make themselves.
  List<FixedIp> anywhere() {
    List<FixedIp> found = new ArrayList<>();
    for (int version : new int[] {4, 6}) {
      List<Subnet> subnets =
          state.subnetsOf(network.id()).stream()
              .filter(it -> it.cidr().version() == version && !(it.automatic() && !isRouter()))
              .filter(it -> it.serviceTypes().isEmpty() || it.serviceTypes().contains(owner))
              .toList();
      if (!subnets.isEmpty()) {
        found.add(allocator.takeAny(subnets, network));
      }
    }
    addAutomatic(found);
    return found;
  }

  private boolean isRouter() {
    return owner.equals(Router.INTERFACE) || owner.equals(Router.GATEWAY);
  }

  /// Nobody can keep a machine from making an address for itself, so that a port has it, asked for
  /// or not. Routers make none.
  private void addAutomatic(List<FixedIp> found) {
    if (isRouter()) {
      return;
    }
    for (Subnet it : state.subnetsOf(network.id())) {
      if (it.automatic() && found.stream().noneMatch(ip -> ip.subnet().equals(it.id()))) {
        found.add(automatic(it));
      }
    }
  }

  private FixedIp automatic(Subnet subnet) {
    return allocator.take(subnet, Addresses.ofInterface(subnet.cidr(), mac));
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
        found[i] = named(subnet(wishes.get(i)), address);
        kept.remove(found[i]);
      }
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] == null) {
        found[i] = keptOrAny(subnet(wishes.get(i)), kept);
      }
    }
    List<FixedIp> all = new ArrayList<>(List.of(found));
    if (!all.isEmpty()) {
      addAutomatic(all);
    }
    return all;
  }

  private FixedIp named(Subnet subnet, InetAddress address) {
    if (subnet.automatic()
        && !isRouter()
        && !address.equals(Addresses.ofInterface(subnet.cidr(), mac))) {
      throw Fault.badRequest(
          "AllocationOnAutoAddressSubnet",
          "IPv6 address %s cannot be directly assigned to a port on subnet %s as the subnet is configured for automatic addresses"
              .formatted(Addresses.text(address), subnet.id()));
    }
    return allocator.take(subnet, address);
  }

  private FixedIp keptOrAny(Subnet subnet, List<FixedIp> kept) {
    Optional<FixedIp> same =
        kept.stream().filter(it -> it.subnet().equals(subnet.id())).findFirst();
    if (same.isEmpty() && subnet.automatic() && !isRouter()) {
      return automatic(subnet);
    }
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
