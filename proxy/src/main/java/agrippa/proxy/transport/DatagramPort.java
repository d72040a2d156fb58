package agrippa.proxy.transport;

import java.net.InetSocketAddress;

/// A socket of one loop where the datagrams of many peers arrive, and from which they are answered.
/// None of its calls blocks, none throws for what a peer did.
public interface DatagramPort {
  /// Hears what arrives at a port.
  @FunctionalInterface
  interface Handler {
    /// A datagram came, which may be empty. Those of one peer come in the order of their arrival.
    ///
    /// @param datagram its content, to be read until this returns
    /// @param from its sender; written over for the next one
    void arrived(Buffer datagram, PeerAddress from);
  }

  /// Sends the content of `datagram`, without consuming it, from the address where this port is: at
  /// once or at the end of the loop's turn, those to one peer in order. If the system has no room
  /// for it, it is lost, as it might be on its way.
  void send(Buffer datagram, PeerAddress to);

  InetSocketAddress local();

  /// Frees the address. May be called again.
  void close();
}
