package agrippa.acceptance;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports that nobody listens on.
final class FreePorts {
  // Below those that systems give to whoever does not care, for a server or for a connection: so a
  // port that is free now is not taken by chance before it is used, or while a program restarts.
  private static final int FIRST = 20_000;
  private static final int COUNT = 10_000;

  // Begins somewhere, since others on this machine may be looking for ports as well.
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private FreePorts() {}

  /// A port that is free on the wildcard address now, and so on every loopback address; another one
  /// each time.
  static int next() throws IOException {
    for (int i = 0; i < COUNT; i++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException("no port from " + FIRST + " to " + (FIRST + COUNT) + " is free");
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, (InetAddress) null)) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    }
  }
}
