package agrippa.proxy.transport;

import java.net.InetSocketAddress;

/// A socket of one loop where the datagrams of many peers arrive, and from which they are answered.
/// None of its calls blocks, none throws for what a peer did.
public interface DatagramPort {
  /// No datagram is there now.
  int NOTHING = -1;

  /// Takes the next datagram into the free room of `into`; what does not fit is cut off.
  /// [EventLoop#SCRATCH_ROOM] holds the largest.
  ///
  /// @param from set to its sender
  /// @return its length, which may be 0, or [#NOTHING]
  int receive(Buffer into, PeerAddress from);

  /// Sends the content of `datagram`, without consuming it, from the address where this port is. It
  /// is lost if the system has no room for it, as it might be on its way.
  void send(Buffer datagram, PeerAddress to);

  InetSocketAddress local();

  /// Frees the address. May be called again.
  void close();
}
