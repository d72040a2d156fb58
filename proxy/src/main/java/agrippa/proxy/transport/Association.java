package agrippa.proxy.transport;

import java.net.InetSocketAddress;

/// One end of an SCTP association (RFC 9260), owned by one event loop: every call is made on that
/// loop's thread, none blocks and none throws for what a peer did.
public interface Association {
  /// What became of a try to receive or to send.
  enum Result {
    /// A whole message was taken, or given.
    DONE,
    /// There is none, or no room for it: the handler is told when there is.
    WAIT,
    /// The peer will send no more.
    END,
    /// The association is broken, or the message cannot be passed on: it is to be aborted.
    FAILED
  }

  /// Takes the next message, all of it or nothing.
  Result receive(Message into);

  /// Sends a message, all of it or nothing. After [Result#WAIT], [Handler#writable] follows.
  Result send(Message message);

  /// Leaves what comes in the kernel, whose window then stops the peer, or takes it again.
  void receiving(boolean now);

  /// Who is told of this association's events from now on.
  void handler(Handler handler);

  /// Says that no more will be sent, once all that was has arrived; the peer then ends it, too, and
  /// what it has sent meanwhile is to be received first.
  void shutdown();

  /// Frees everything. In order if the peer has ended it, or nothing is left unread. May be called
  /// again.
  void close();

  /// Ends it at once (ABORT). May be called again.
  void abort();

  InetSocketAddress remote();

  /// Is told, on the loop's thread, what happens to an association.
  interface Handler {
    /// It was established, by us.
    void connected(Association association);

    /// It was not: refused, or there is no way to the peer.
    void connectFailed(Association association);

    /// There are messages, or its end. Told again of what is left.
    void readable(Association association);

    /// There is room again.
    void writable(Association association);
  }
}
