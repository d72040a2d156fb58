package agrippa.proxy.transport;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One end of a byte stream, plain or TLS, owned by one event loop: every call is made on that
/// loop's thread, none blocks and none throws for what a peer did.
public interface Channel {
  /// Nothing now; the handler is told when there is.
  int WOULD_BLOCK = 0;

  /// The peer will send no more.
  int END = -1;

  /// The connection is broken; all that is left is to close it.
  int FAILED = -2;

  /// Reads once into the free room of `into`, which must not be empty. A read that leaves room took
  /// all there was, as if the next had said [#WOULD_BLOCK]: whatever comes then, the end included,
  /// is told by [Handler#readable]. So a reader needs one read per message, not two.
  ///
  /// @return bytes read, [#WOULD_BLOCK], [#END] or [#FAILED]
  int read(Buffer into);

  /// Sends as much of `from` as is taken at once, and consumes that much. If some is left, the
  /// handler's [Handler#writable] follows.
  ///
  /// @return bytes taken, [#WOULD_BLOCK] or [#FAILED]
  int write(Buffer from);

  /// As [#write], when more follows in this turn of the loop: the bytes may wait for it, which
  /// saves packets and the peer's waking. Whoever finds that nothing follows calls [#flush].
  default int writeAhead(Buffer from) {
    return write(from);
  }

  /// Sends what [#writeAhead] may have kept back.
  default void flush() {}

  /// Says that no more will be written; reading goes on.
  void shutdownOutput();

  /// Ends both directions in order and frees everything. May be called again.
  void close();

  /// Ends the connection at once, by a reset where there is one. May be called again.
  void abort();

  boolean isOpen();

  /// Who is told of this channel's events from now on.
  void handler(Handler handler);

  /// Asks for another [Handler#readable] in this turn of the loop, after the other channels had
  /// theirs: for a reader that stops before [#WOULD_BLOCK].
  void readAgain();

  /// Says that nothing of the peer is needed until the next read or write: a hint, for a reader
  /// that has all it wants and will end the connection. Until then its events may be told or
  /// not, even that the peer is gone.
  default void rest() {}

  EventLoop loop();

  InetSocketAddress remote();

  InetSocketAddress local();

  /// Has [#remote] and [#local] say from now on what a proxy in front of us told. Only of accepted
  /// sockets, before anybody has asked for more than who the peer is.
  default void relayed(InetSocketAddress from, InetSocketAddress to) {
    throw new UnsupportedOperationException("only accepted sockets are relayed");
  }

  /// What the handshake found out, or null on a plain channel.
  @Nullable TlsInfo tls();
}
