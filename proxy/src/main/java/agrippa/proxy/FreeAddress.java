package agrippa.proxy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Finds out whether anybody listens at an address.
final class FreeAddress {
  private FreeAddress() {}

  /// Loops listen with SO_REUSEPORT, which would let a second frontend, or a second proxy of the
  // same
  /// user, quietly take half of another's connections. So the address is bound once without it,
  /// which fails if anybody listens there.
  ///
  /// @throws BindException if it is in use, or no address of this machine
  static void check(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      // Connections that just ended there do not count.
      socket.setReuseAddress(true);
      socket.bind(address);
    }
  }
}
