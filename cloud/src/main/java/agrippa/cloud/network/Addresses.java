package agrippa.cloud.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reading, writing and counting IP addresses.
final class Addresses {
  // The JDK's literals include forms such as 10.1, which nobody means.
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private Addresses() {}

  /// The address that a text spells out, if it does.
  static Optional<InetAddress> parse(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// @throws IllegalArgumentException if it is no address
  static InetAddress of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("no address: " + text));
  }

  /// The canonical text form; of IPv6 addresses that of RFC 5952.
  static String text(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? address.getHostAddress() : ipv6(bytes);
  }

  private static String ipv6(byte[] bytes) {
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
    }
    int start = 0;
    int length = 1; // A single zero group is not shortened.
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    if (length == 1) {
      return joined(groups, 0, groups.length);
    }
    return joined(groups, 0, start) + "::" + joined(groups, start + length, groups.length);
  }

  private static String joined(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }

  /// The address that an interface gives itself in a /64 network (RFC 4291, appendix A).
  ///
  /// @param mac six bytes in hexadecimal, with colons
  static InetAddress ofInterface(Cidr network, String mac) {
    long bits = Long.parseLong(mac.replace(":", ""), 16);
    long identifier = ((bits >>> 24) ^ (1L << 17)) << 40 | 0xfffeL << 24 | (bits & 0xffffffL);
    BigInteger unsigned = new BigInteger(Long.toUnsignedString(identifier));
    return of(number(network.network()).or(unsigned), 6);
  }

  static int version(InetAddress address) {
    return address.getAddress().length == 4 ? 4 : 6;
  }

  static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  /// @param version 4 or 6
  static InetAddress of(BigInteger number, int version) {
    byte[] bytes = new byte[version == 4 ? 4 : 16];
    byte[] digits = number.toByteArray();
    int length = Math.min(digits.length, bytes.length);
    System.arraycopy(digits, digits.length - length, bytes, bytes.length - length, length);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }
}
