package agrippa.cloud.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Set;
import java.util.UUID;

/// Which addresses exclude each other.
enum AddressSpace {
  /// Those with the same image, of whatever networks: all are served on this machine.
  MIRROR {
    @Override
    Place place(UUID network, BigInteger number) {
      return new Place(ANYWHERE, number);
    }

    @Override
    BigInteger number(InetAddress address) {
      return BigInteger.valueOf(Mirror.key(address));
    }

    @Override
    BigInteger next(BigInteger first, int steps) {
      return BigInteger.valueOf((first.intValueExact() + (long) steps) % Mirror.SIZE);
    }

    @Override
    boolean within(BigInteger number, BigInteger first, int size) {
      return Math.floorMod(number.intValueExact() - first.intValueExact(), Mirror.SIZE) < size;
    }

    @Override
    Set<BigInteger> reserved() {
      return Mirror.RESERVED;
    }
  },

  /// Those that are the same in the same network: each network is a world of its own.
  NETWORK {
    @Override
    Place place(UUID network, BigInteger number) {
      return new Place(network, number);
    }

    @Override
    BigInteger number(InetAddress address) {
      return Addresses.number(address);
    }

    @Override
    BigInteger next(BigInteger first, int steps) {
      return first.add(BigInteger.valueOf(steps));
    }

    @Override
    boolean within(BigInteger number, BigInteger first, int size) {
      BigInteger distance = number.subtract(first);
      return distance.signum() >= 0 && distance.compareTo(BigInteger.valueOf(size)) < 0;
    }

    @Override
    Set<BigInteger> reserved() {
      return Set.of();
    }
  };

  private static final UUID ANYWHERE = new UUID(0, 0);

  /// What only one address can have.
  record Place(UUID network, BigInteger number) {}

  Place place(UUID network, InetAddress address) {
    return place(network, number(address));
  }

  abstract Place place(UUID network, BigInteger number);

  /// What tells addresses of one network apart.
  abstract BigInteger number(InetAddress address);

  /// The number of an address so many steps on.
  abstract BigInteger next(BigInteger first, int steps);

  /// Whether a number is one of so many from the first on.
  abstract boolean within(BigInteger number, BigInteger first, int size);

  /// Numbers that no address may have.
  abstract Set<BigInteger> reserved();
}
