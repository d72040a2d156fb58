package agrippa.proxy.session;

import agrippa.proxy.transport.EventLoop;
import org.jspecify.annotations.Nullable;

/// Pages about a plan at work, made away from the event loops.
@FunctionalInterface
public interface Pages {
  /// For frontends that report nothing.
  Pages NONE = () -> (loop, taker) -> taker.failed();

  /// Begins a page; takes no time.
  Page open();

  /// One page for one client.
  @FunctionalInterface
  interface Page {
    /// Makes the next piece and hands it over on the client's loop. To be called again only after
    /// that.
    void next(EventLoop loop, Taker taker);
  }

  /// Who waits for a piece.
  interface Taker {
    /// @param bytes the piece, not empty, or null if the page is at its end
    void piece(byte @Nullable [] bytes);

    /// There will be no more, and something is missing.
    void failed();
  }
}
