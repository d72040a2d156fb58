package agrippa.cloud.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;

/// An IPv4 or IPv6 network.
///
/// @param network its first address
/// @param prefixLength leading bits that all its addresses share
record Cidr(InetAddress network, int prefixLength) {
  Cidr {
    int bits = network.getAddress().length * 8;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException("bad prefix length: " + prefixLength);
    }
    BigInteger number = Addresses.number(network);
    int hostBits = bits - prefixLength;
    network = Addresses.of(number.shiftRight(hostBits).shiftLeft(hostBits), bits == 32 ? 4 : 6);
  }

  /// Reads `address/length`, or an address alone, which stands for itself.
  static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().getAddress().length * 8;
    String length = slash < 0 ? Integer.toString(bits) : text.substring(slash + 1);
    if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > bits) {
      return Optional.empty();
    }
    return Optional.of(new Cidr(address.get(), Integer.parseInt(length)));
  }

  /// @throws IllegalArgumentException if it is no network
  static Cidr of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("no network: " + text));
  }

  /// 4 or 6.
  int version() {
    return Addresses.version(network);
  }

  InetAddress first() {
    return network;
  }

  InetAddress last() {
    BigInteger size = BigInteger.ONE.shiftLeft(network.getAddress().length * 8 - prefixLength);
    return Addresses.of(Addresses.number(network).add(size).subtract(BigInteger.ONE), version());
  }

  boolean contains(InetAddress address) {
    return Addresses.version(address) == version()
        && new Cidr(address, prefixLength).network().equals(network);
  }

  boolean contains(Cidr other) {
    return prefixLength <= other.prefixLength && contains(other.network);
  }

  /// Whether they share an address: then one contains the other.
  boolean overlaps(Cidr other) {
    return contains(other.network) || other.contains(network);
  }

  @Override
  public String toString() {
    return Addresses.text(network) + "/" + prefixLength;
  }
}
