package agrippa.provider.accesslog;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Addresses as text.
final class Addresses {
  private Addresses() {}

  /// @param bytes in network order
  static String text(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address has " + bytes.length + " bytes", e);
    }
  }
}
