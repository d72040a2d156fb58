package agrippa.proxy.transport;

/// A socket of one loop that exchanges datagrams with one peer, and hears of nobody else. None of
/// its calls blocks or throws.
public interface DatagramLink {
  /// No datagram is there now.
  int NOTHING = DatagramPort.NOTHING;

  /// The peer cannot be reached: an ICMP message said so.
  int FAILED = -2;

  /// Takes the next datagram into the free room of `into`; what does not fit is cut off.
  ///
  /// @return its length, which may be 0, [#NOTHING] or [#FAILED]
  int receive(Buffer into);

  /// Sends the content of `datagram` without consuming it. It is lost if the system has no room for
  /// it, as it might be on its way.
  ///
  /// @return false if it was not sent because something sent before, or this, did not reach the
  ///     peer
  boolean send(Buffer datagram);

  /// May be called again.
  void close();
}
