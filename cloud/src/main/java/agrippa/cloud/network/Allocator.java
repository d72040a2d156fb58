package agrippa.cloud.network;

import agrippa.cloud.network.Port.FixedIp;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Chooses addresses that are free, and whose image in the mirror is free as well. Remembers what
/// it gave away, so one allocator serves all addresses of one change.
final class Allocator {
  // By the image's key, since no two addresses of whatever networks may share an image.
  private final Map<Integer, InetAddress> taken = new HashMap<>();

  Allocator(NetworkState state) {
    Stream.concat(
            state.ports().flatMap(it -> it.fixedIps().stream().map(FixedIp::address)),
            state.floatingIps().map(FloatingIp::address))
        .forEach(it -> taken.put(Mirror.key(it), it));
  }

  /// Gives back an address that the change itself frees.
  void free(InetAddress address) {
    taken.remove(Mirror.key(address), address);
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
    InetAddress other = taken.get(Mirror.key(wanted));
    if (wanted.equals(other)) {
      throw Fault.conflict(
          "IpAddressAlreadyAllocated",
          "IP address %s already allocated in subnet %s"
              .formatted(Addresses.text(wanted), subnet.id()));
    }
    if (other != null || Mirror.RESERVED.contains(Mirror.key(wanted))) {
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
        .map(this::lowest)
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

  private Optional<InetAddress> lowest(AddressRange pool) {
    BigInteger last = Addresses.number(pool.last());
    BigInteger at = Addresses.number(pool.first());
    // After so many steps images repeat.
    for (int i = 0; i < Mirror.SIZE && at.compareTo(last) <= 0; i++) {
      InetAddress address = Addresses.of(at, Addresses.version(pool.first()));
      if (isFree(Mirror.key(address))) {
        return Optional.of(address);
      }
      at = at.add(BigInteger.ONE);
    }
    return Optional.empty();
  }

  private boolean isFree(int key) {
    return !taken.containsKey(key) && !Mirror.RESERVED.contains(key);
  }

  private FixedIp give(Subnet subnet, InetAddress address) {
    taken.put(Mirror.key(address), address);
    return new FixedIp(subnet.id(), address);
  }

  /// How many addresses of the subnet's pools can still be taken.
  long available(Subnet subnet) {
    return subnet.pools().stream().mapToLong(this::available).sum();
  }

  private long available(AddressRange pool) {
    BigInteger size = pool.size();
    Stream<Integer> occupied = Stream.concat(taken.keySet().stream(), Mirror.RESERVED.stream());
    if (size.compareTo(BigInteger.valueOf(Mirror.SIZE)) >= 0) {
      return Mirror.SIZE - occupied.distinct().count();
    }
    BigInteger first = Addresses.number(pool.first());
    long lost = occupied.distinct().filter(key -> holds(first, size, key)).count();
    return size.longValueExact() - lost;
  }

  /// Whether a range of fewer addresses than there are images has one with this image.
  private static boolean holds(BigInteger first, BigInteger size, int key) {
    BigInteger images = BigInteger.valueOf(Mirror.SIZE);
    return BigInteger.valueOf(key).subtract(first).mod(images).compareTo(size) < 0;
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
