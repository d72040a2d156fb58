package agrippa.proxy.plan;

import java.net.InetAddress;

/// Addresses as others expect them: of IPv6 the shortest form (RFC 5952, section 4), which is what
/// `inet_ntop` writes, and so HAProxy. The JDK's form has every group, and may have a zone.
public final class AddressText {
  private static final int GROUPS = 8;
  private static final int LONGEST = 39;

  private AddressText() {}

  /// Without a zone.
  public static String of(InetAddress address) {
    return of(address.getAddress());
  }

  /// @param address 4 or 16 bytes in network order
  public static String of(byte[] address) {
    return switch (address.length) {
      case 4 -> ipv4(address);
      case 2 * GROUPS -> ipv6(address);
      default -> throw new IllegalArgumentException("no address has " + address.length + " bytes");
    };
  }

  /// As part of a URL or of an authority: IPv6 in brackets.
  public static String literal(InetAddress address) {
    String text = of(address);
    return text.indexOf(':') < 0 ? text : "[" + text + "]";
  }

  private static String ipv4(byte[] address) {
    StringBuilder text = new StringBuilder(LONGEST);
    for (int i = 0; i < address.length; i++) {
      text.append(i == 0 ? "" : ".").append(address[i] & 0xff);
    }
    return text.toString();
  }

  private static String ipv6(byte[] address) {
    int zeros = 0;
    int length = 1; // A single group of zeros is not left out.
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && group(address, end) == 0) {
        end++;
      }
      if (end - i > length) {
        zeros = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder(LONGEST);
    if (length == 1) {
      return groups(text, address, 0, GROUPS).toString();
    }
    groups(text, address, 0, zeros).append("::");
    return groups(text, address, zeros + length, GROUPS).toString();
  }

  private static StringBuilder groups(StringBuilder text, byte[] address, int from, int to) {
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(group(address, i)));
    }
    return text;
  }

  private static int group(byte[] address, int index) {
    return (address[2 * index] & 0xff) << 8 | address[2 * index + 1] & 0xff;
  }
}
