package agrippa.proxy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Finds out whether anybody listens at an address.
final class FreeAddress {
  private FreeAddress() {}

  /// Loops listen with SO_REUSEPORT, which would let a second frontend, or a second proxy of the
  /// same user, quietly take half of another's connections. So the address is bound once without
  /// it, which fails if anybody listens there.
  ///
  /// @throws IOException if it is in use, or no address of this machine
  static void check(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      // Connections that just ended there do not count.
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new IOException(text(address) + ": " + e.getMessage(), e);
    }
  }

  /// The same for datagrams. A wildcard is refused: answers must come from the address that was
  /// asked, and such a socket does not tell which that was.
  static void checkDatagrams(InetSocketAddress address) throws IOException {
    if (!address.isUnresolved() && address.getAddress().isAnyLocalAddress()) {
      throw new IOException(text(address) + ": datagrams need a certain address");
    }
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(address);
    } catch (IOException e) {
      throw new IOException(text(address) + ": " + e.getMessage(), e);
    }
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }
}
