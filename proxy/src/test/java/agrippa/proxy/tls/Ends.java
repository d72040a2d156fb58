package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.InstantSource;

/// A client's engine and a server's, with as many wires between them as a test wants.
final class Ends implements AutoCloseable {
  private static final InetSocketAddress ENDPOINT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

  final Certificate certificate = new Pki("authority").issue("localhost");
  final TlsEngine servers;
  final TlsContext serverTls;
  private final TlsEngine clients;
  private final TlsContext clientTls;
  private final EventLoop loop;

  Ends(String client, String server, InstantSource clock)
      throws IOException, GeneralSecurityException {
    loop = Transport.NIO.start("records-test");
    clients = Rig.newEngine(client, clock);
    servers = Rig.newEngine(server, clock);
    clientTls = clients.client(Rig.trusting());
    serverTls = servers.server(Rig.server(certificate));
  }

  /// A wire to the server as it was first set up.
  Wire wire() {
    return wire(serverTls);
  }

  Wire wire(TlsContext server) {
    return wire(server, "localhost");
  }

  /// A wire to a server that is asked for by this name.
  Wire wire(TlsContext server, String name) {
    return new Wire(
        ((LayeredTls) clientTls).source().connect(loop, ENDPOINT, name),
        ((LayeredTls) server).source().accept(loop));
  }

  @Override
  public void close() {
    clientTls.close();
    serverTls.close();
    loop.close();
    clients.close();
    servers.close();
  }
}
