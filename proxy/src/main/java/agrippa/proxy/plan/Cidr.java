package agrippa.proxy.plan;

import java.net.InetAddress;
import java.util.List;

/// An IPv4 or IPv6 network.
///
/// @param network the network's address
/// @param prefixLength leading bits that count
public record Cidr(InetAddress network, int prefixLength) {
  public Cidr {
    if (prefixLength < 0 || prefixLength > network.getAddress().length * 8) {
      throw new IllegalArgumentException("bad prefix length: " + prefixLength);
    }
  }

  /// Reads `address/length`, or an address alone, which stands for itself.
  ///
  /// @throws IllegalArgumentException if it is neither
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    try {
      InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      int length =
          slash < 0
              ? address.getAddress().length * 8
              : Integer.parseInt(text, slash + 1, text.length(), 10);
      return new Cidr(address, length);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a network: " + text, e);
    }
  }

  /// Whether an address, in network order, belongs to one of these networks.
  static boolean anyContains(List<Cidr> networks, byte[] address) {
    for (Cidr network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /// Whether an address (in network order, 4 or 16 bytes) belongs to this network.
  public boolean contains(byte[] address) {
    byte[] mine = network.getAddress();
    if (mine.length != address.length) {
      return false;
    }
    int whole = prefixLength / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != address[i]) {
        return false;
      }
    }
    int rest = prefixLength % 8;
    return rest == 0 || ((mine[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }
}
