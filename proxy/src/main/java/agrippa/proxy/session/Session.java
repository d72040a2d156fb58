package agrippa.proxy.session;

/// One client connection and everything done for it. Lives on the event loop of its client's
/// channel, where every call is made.
///
/// A session is made from the accepted channel, a supplier of the frontend's current snapshot
/// (read anew at each request, so that a changed plan needs no new connection), the loop's
/// counters, and a callback that it calls exactly once, when it ended for whatever reason and its
/// client channel is closed.
public interface Session {
  /// Begins; reads what the client may have sent already.
  void start();

  /// Ends as soon as nobody is hurt: at once if idle between two requests, else after the current
  /// response, which tells the client to close; a byte stream goes on until it ends by itself.
  void drain();

  /// Ends what is under way with endpoints whose time to drain is over.
  void leaveDrained();

  /// Ends now, whatever is under way.
  void abort();
}
