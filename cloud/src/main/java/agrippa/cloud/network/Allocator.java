package agrippa.cloud.network;

import agrippa.cloud.network.AddressSpace.Place;
import agrippa.cloud.network.Port.FixedIp;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Chooses addresses that are free, and that exclude no other. Remembers what it gave away, so one
/// allocator serves all addresses of one change.
final class Allocator {
  private final AddressSpace space;
  private final Map<Place, InetAddress> taken;

  Allocator(NetworkState state) {
    this.space = state.space();
    this.taken = new HashMap<>(state.taken());
  }

  /// Gives back an address that the change itself frees.
  void free(UUID network, InetAddress address) {
    taken.remove(space.place(network, address), address);
  }

  /// Takes the address that was asked for.
  ///
  /// @throws Fault if it is taken, collides in the mirror, or is not of the subnet
  FixedIp take(Subnet subnet, InetAddress wanted) {
    if (!usable(subnet.cidr(), wanted)) {
      throw Fault.badRequest(
          "InvalidIpForSubnet",
          "IP address " + Addresses.text(wanted) + " is not a valid IP for the specified subnet.");
    }
    InetAddress other = taken.get(space.place(subnet.network(), wanted));
    if (wanted.equals(other)) {
      throw Fault.conflict(
          "IpAddressAlreadyAllocated",
          "IP address %s already allocated in subnet %s"
              .formatted(Addresses.text(wanted), subnet.id()));
    }
    if (other != null || space.reserved().contains(space.number(wanted))) {
      throw Fault.conflict(
          "IpAddressCollision",
          "IP address %s would be served at %s of this machine, which %s."
              .formatted(
                  Addresses.text(wanted),
                  Addresses.text(Mirror.image(wanted)),
                  other == null ? "is reserved" : "serves " + Addresses.text(other)));
    }
    return give(subnet, wanted);
  }

  /// Takes the lowest free address of the subnet's pools.
  Optional<FixedIp> takeAny(Subnet subnet) {
    return subnet.pools().stream()
        .map(it -> lowest(subnet.network(), it))
        .flatMap(Optional::stream)
        .findFirst()
        .map(it -> give(subnet, it));
  }

  /// Takes the lowest free address of the first subnet that has one.
  ///
  /// @throws Fault if none has
  FixedIp takeAny(List<Subnet> subnets, Network network) {
    for (Subnet subnet : subnets) {
      Optional<FixedIp> found = takeAny(subnet);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw Fault.conflict(
        "IpAddressGenerationFailure",
        "No more IP addresses available on network " + network.id() + ".");
  }

  private Optional<InetAddress> lowest(UUID network, AddressRange pool) {
    BigInteger first = space.number(pool.first());
    int size = size(pool);
    for (int i = 0; i < size; i++) {
      BigInteger number = space.next(first, i);
      if (!space.reserved().contains(number) && !taken.containsKey(space.place(network, number))) {
        BigInteger found = Addresses.number(pool.first()).add(BigInteger.valueOf(i));
        return Optional.of(Addresses.of(found, Addresses.version(pool.first())));
      }
    }
    return Optional.empty();
  }

  /// How many addresses of a range there are, as far as anybody counts: in the mirror they repeat
  /// from there on.
  private static int size(AddressRange pool) {
    return pool.size().min(BigInteger.valueOf(Mirror.SIZE)).intValueExact();
  }

  private FixedIp give(Subnet subnet, InetAddress address) {
    taken.put(space.place(subnet.network(), address), address);
    return new FixedIp(subnet.id(), address);
  }

  /// How many addresses of the subnet's pools can still be taken.
  long available(Subnet subnet) {
    return subnet.pools().stream().mapToLong(it -> available(subnet.network(), it)).sum();
  }

  private long available(UUID network, AddressRange pool) {
    int size = size(pool);
    BigInteger first = space.number(pool.first());
    UUID world = space.place(network, first).network();
    return size
        - Stream.concat(
                taken.keySet().stream().filter(it -> it.network().equals(world)).map(Place::number),
                space.reserved().stream())
            .distinct()
            .filter(number -> space.within(number, first, size))
            .count();
  }

  /// Whether a machine may have this address: the first of a subnet names the subnet itself, and
  /// the last of an IPv4 subnet means everybody.
  private static boolean usable(Cidr cidr, InetAddress address) {
    int hostBits = cidr.network().getAddress().length * 8 - cidr.prefixLength();
    if (!cidr.contains(address)) {
      return false;
    }
    return hostBits < 2
        || (!address.equals(cidr.first()) && !(cidr.version() == 4 && address.equals(cidr.last())));
  }
}
