package agrippa.control.rules;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/// A network in canonical form: host bits zero, IPv6 as RFC 5952 writes it.
///
/// @param address of 4 or 16 bytes
/// @param length of the prefix in bits
record Cidr(byte[] address, int length) {
  Cidr {
    address = zeroHostBits(address.clone(), length);
  }

  /// Reads `10.1.2.3/8`, `10.1.2.3/255.0.0.0`, `2001:db8::/32`, or an address, which is a network
  /// of its own.
  static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    try {
      var address = bytes(slash < 0 ? text : text.substring(0, slash));
      int bits = address.length * 8;
      int length = slash < 0 ? bits : prefixLength(text.substring(slash + 1), bits);
      return length < 0 || length > bits
          ? Optional.empty()
          : Optional.of(new Cidr(address, length));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(String literal) {
    if (literal.contains("%")) {
      throw new IllegalArgumentException("an address with a zone is none of a network");
    }
    return InetAddress.ofLiteral(literal).getAddress();
  }

  private static int prefixLength(String text, int bits) {
    if (text.matches("[0-9]{1,3}")) {
      return Integer.parseInt(text);
    }
    if (bits != 32) {
      return -1;
    }
    int mask = java.nio.ByteBuffer.wrap(bytes(text)).getInt();
    int length = Integer.numberOfLeadingZeros(~mask);
    return length + Integer.numberOfTrailingZeros(mask) >= 32 ? length : -1;
  }

  private static byte[] zeroHostBits(byte[] address, int length) {
    for (int bit = length; bit < address.length * 8; bit++) {
      address[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return address;
  }

  int ipVersion() {
    return address.length == 4 ? 4 : 6;
  }

  /// Whether an address belongs to the network.
  boolean contains(String literal) {
    return parse(literal)
        .filter(it -> it.address.length == address.length)
        .map(it -> Arrays.equals(zeroHostBits(it.address.clone(), length), address))
        .orElse(false);
  }

  /// Whether two texts are the same address.
  static boolean sameAddress(String one, String other) {
    return parse(one).isPresent() && parse(one).equals(parse(other));
  }

  /// 4 or 6.
  static int ipVersionOf(String literal) {
    return InetAddress.ofLiteral(literal) instanceof Inet4Address ? 4 : 6;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that
        && length == that.length
        && Arrays.equals(address, that.address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + length;
  }

  @Override
  public String toString() {
    return (address.length == 4 ? dotted() : compressed()) + "/" + length;
  }

  private String dotted() {
    return (address[0] & 0xff)
        + "."
        + (address[1] & 0xff)
        + "."
        + (address[2] & 0xff)
        + "."
        + (address[3] & 0xff);
  }

  /// The longest run of at least two zero groups becomes `::`, the first of equals.
  private String compressed() {
    int start = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int run = zeroGroups(i);
      if (run > longest) {
        start = i;
        longest = run;
      }
    }
    var text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        boolean separated = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(separated ? "" : ":").append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }

  private int zeroGroups(int from) {
    int to = from;
    while (to < 8 && group(to) == 0) {
      to++;
    }
    return to - from;
  }

  private int group(int index) {
    return (address[2 * index] & 0xff) << 8 | (address[2 * index + 1] & 0xff);
  }
}
