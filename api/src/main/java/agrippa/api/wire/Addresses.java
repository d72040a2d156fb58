package agrippa.api.wire;

import java.net.Inet6Address;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// IP addresses as text. Never asks a resolver.
final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

  private Addresses() {}

  /// The 4 or 16 bytes of an address in its strict form (no zone, no leading zeros).
  static Optional<byte[]> parse(String text) {
    if (IPV4.matcher(text).matches()) {
      String[] parts = text.split("\\.");
      byte[] bytes = new byte[4];
      for (int i = 0; i < 4; i++) {
        int part = Integer.parseInt(parts[i]);
        if (part > 255) {
          return Optional.empty();
        }
        bytes[i] = (byte) part;
      }
      return Optional.of(bytes);
    }
    return text.contains(":") && IPV6.matcher(text).matches() ? ipv6(text) : Optional.empty();
  }

  private static Optional<byte[]> ipv6(String text) {
    try {
      byte[] bytes = Inet6Address.ofLiteral(text).getAddress();
      return Optional.of(bytes.length == 16 ? bytes : mapped(bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Java turns `::ffff:a.b.c.d` into an IPv4 address; this turns it back.
  private static byte[] mapped(byte[] ipv4) {
    byte[] bytes = new byte[16];
    bytes[10] = (byte) 0xff;
    bytes[11] = (byte) 0xff;
    System.arraycopy(ipv4, 0, bytes, 12, 4);
    return bytes;
  }

  /// A network's canonical text: host bits zeroed, always with a prefix length. A bare address is a
  /// network of its own; IPv4 may have a netmask instead of a length.
  static Optional<String> network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    return parse(address)
        .flatMap(
            bytes ->
                (slash < 0
                        ? Optional.of(bytes.length * 8)
                        : prefix(text.substring(slash + 1), bytes.length * 8))
                    .map(length -> text(masked(bytes, length)) + "/" + length));
  }

  private static Optional<Integer> prefix(String text, int longest) {
    if (text.matches("[0-9]{1,3}")) {
      int length = Integer.parseInt(text);
      return length <= longest ? Optional.of(length) : Optional.empty();
    }
    return longest == 32 && IPV4.matcher(text).matches()
        ? parse(text).flatMap(Addresses::maskLength)
        : Optional.empty();
  }

  private static Optional<Integer> maskLength(byte[] mask) {
    int bits = (mask[0] & 255) << 24 | (mask[1] & 255) << 16 | (mask[2] & 255) << 8 | mask[3] & 255;
    int length = Integer.numberOfLeadingZeros(~bits);
    return bits << length == 0 || length == 32 ? Optional.of(length) : Optional.empty();
  }

  private static byte[] masked(byte[] bytes, int length) {
    byte[] masked = Arrays.copyOf(bytes, bytes.length);
    for (int bit = length; bit < bytes.length * 8; bit++) {
      masked[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return masked;
  }

  /// Canonical text, IPv6 as in RFC 5952.
  private static String text(byte[] bytes) {
    if (bytes.length == 4) {
      return "%d.%d.%d.%d"
          .formatted(bytes[0] & 255, bytes[1] & 255, bytes[2] & 255, bytes[3] & 255);
    }
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (bytes[2 * i] & 255) << 8 | bytes[2 * i + 1] & 255;
    }
    int start = 0;
    int longest = 0;
    for (int i = 0; i < 8; i++) {
      int zeros = 0;
      while (i + zeros < 8 && groups[i + zeros] == 0) {
        zeros++;
      }
      if (zeros > longest) {
        start = i;
        longest = zeros;
      }
    }
    return longest < 2
        ? joined(groups, 0, 8)
        : joined(groups, 0, start) + "::" + joined(groups, start + longest, 8);
  }

  private static String joined(int[] groups, int from, int to) {
    var text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
