package agrippa.proxy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A server of datagrams behind the proxy. It answers `3 hello` with its name, `a 3 hello`; and
/// what begins with `=` with the same.
final class DatagramBackend implements AutoCloseable {
  private final String name;
  private final InetSocketAddress address;
  // Connected to nobody: keeps the port ours while we are dead, so that whoever sends is refused.
  private final DatagramSocket reservation;
  private final Set<SocketAddress> peers = ConcurrentHashMap.newKeySet();
  private volatile DatagramSocket server;
  private volatile Thread serving;

  private DatagramBackend(String name, InetAddress host) throws IOException {
    this.name = name;
    reservation = open(new InetSocketAddress(host, 0));
    address = (InetSocketAddress) reservation.getLocalSocketAddress();
    reservation.connect(host, 1);
    revive();
  }

  static DatagramBackend named(String name) throws IOException {
    return new DatagramBackend(name, InetAddress.ofLiteral("127.0.0.1"));
  }

  static DatagramBackend named(String name, InetAddress host) throws IOException {
    return new DatagramBackend(name, host);
  }

  private static DatagramSocket open(InetSocketAddress at) throws IOException {
    DatagramSocket socket = new DatagramSocket(null);
    socket.setReuseAddress(true);
    socket.bind(at);
    return socket;
  }

  String name() {
    return name;
  }

  InetSocketAddress address() {
    return address;
  }

  /// Who sent anything, ever.
  Set<SocketAddress> peers() {
    return peers;
  }

  /// Dies: what is sent there is refused by ICMP.
  void kill() throws InterruptedException {
    server.close();
    serving.join();
  }

  /// Lives again at the same address.
  void revive() throws IOException {
    DatagramSocket socket = open(address);
    server = socket;
    // Not a virtual one, whose carrier might begin in a network namespace.
    serving = Thread.ofPlatform().daemon().start(() -> serve(socket));
  }

  private void serve(DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    try {
      while (true) {
        packet.setData(packet.getData());
        socket.receive(packet);
        peers.add(packet.getSocketAddress());
        if (packet.getData()[0] != '=') {
          byte[] answer =
              (name + " " + new String(packet.getData(), 0, packet.getLength())).getBytes();
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        } else {
          socket.send(packet);
        }
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    server.close();
    reservation.close();
  }

  static String text(DatagramPacket packet) {
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
  }
}
