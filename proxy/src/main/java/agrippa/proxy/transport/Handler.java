package agrippa.proxy.transport;

/// Told of a channel's events, on its loop's thread. Events are edges: `readable` comes when
/// something new arrived (the end included) since a read said [Channel#WOULD_BLOCK] or left room,
/// `writable` when there is room again after a write left something over.
public interface Handler {
  /// An outgoing channel is established, its TLS handshake included. Not called for accepted
  /// ones: they reach their acceptor established.
  default void connected(Channel channel) {}

  /// There is something to read: bytes, the end, or a failure.
  void readable(Channel channel);

  /// There is room to write again.
  void writable(Channel channel);

  /// An outgoing channel could not be established. It is closed already.
  default void connectFailed(Channel channel, ConnectFailure why) {}

  /// Why a connection could not be made.
  enum ConnectFailure {
    REFUSED,
    UNREACHABLE,
    RESET,
    TLS
  }
}
