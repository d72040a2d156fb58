package agrippa.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Ports that nobody listens on.
final class FreePorts {
  private FreePorts() {}

  /// A port that is free on the wildcard address now, and so on every loopback address.
  static int next() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, (InetAddress) null)) {
      return socket.getLocalPort();
    }
  }
}
