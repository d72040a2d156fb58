package agrippa.cloud.network;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Set;

/// How the addresses of embedded networks appear on this machine without any privilege: a.b.c.d is
/// served at 127.b.c.d, and an IPv6 address at 127 and its last three bytes.
final class Mirror {
  /// Of each kind of address, as many have an image of their own.
  static final int SIZE = 1 << 24;

  /// Images that no address may have: 127.0.0.0, the machine's own 127.0.0.1, and 127.255.255.255.
  static final Set<BigInteger> RESERVED =
      Set.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.valueOf(SIZE - 1));

  private Mirror() {}

  /// Where an address appears.
  static InetAddress image(InetAddress address) {
    return Addresses.of(
        Addresses.number(Addresses.of("127.0.0.0")).or(BigInteger.valueOf(key(address))), 4);
  }

  /// What tells images apart: the last three bytes.
  static int key(InetAddress address) {
    byte[] bytes = address.getAddress();
    int end = bytes.length;
    return ((bytes[end - 3] & 0xff) << 16)
        | ((bytes[end - 2] & 0xff) << 8)
        | (bytes[end - 1] & 0xff);
  }

  /// Where the addresses of a network appear.
  static Cidr image(Cidr network) {
    int shared = network.prefixLength() - (network.network() instanceof Inet4Address ? 0 : 96);
    return shared < 8 ? Cidr.of("127.0.0.0/8") : new Cidr(image(network.network()), shared);
  }
}
