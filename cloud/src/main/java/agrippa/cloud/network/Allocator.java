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
  private final Map<Integer, InetAddress> taken;

  Allocator(NetworkState state) {
    this.taken = new HashMap<>(state.taken());
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
    int first = Mirror.key(pool.first());
    // Neighbours have neighbouring images.
    for (int i = 0; i < images(pool); i++) {
      if (isFree((first + i) % Mirror.SIZE)) {
        BigInteger found = Addresses.number(pool.first()).add(BigInteger.valueOf(i));
        return Optional.of(Addresses.of(found, Addresses.version(pool.first())));
      }
    }
    return Optional.empty();
  }

  /// How many images the addresses of a range have: after so many they repeat.
  private static int images(AddressRange pool) {
    return pool.size().min(BigInteger.valueOf(Mirror.SIZE)).intValueExact();
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
    int images = images(pool);
    int first = Mirror.key(pool.first());
    return images
        - Stream.concat(taken.keySet().stream(), Mirror.RESERVED.stream())
            .distinct()
            .filter(key -> Math.floorMod(key - first, Mirror.SIZE) < images)
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
