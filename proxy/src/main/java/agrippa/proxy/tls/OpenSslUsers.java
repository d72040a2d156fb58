package agrippa.proxy.tls;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts who uses something native, its maker included, and frees it when the last one is gone.
/// Nobody comes in any more once the maker has left.
final class OpenSslUsers {
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Runnable free;

  OpenSslUsers(Runnable free) {
    this.free = free;
  }

  /// @return false if it is closed
  boolean enter() {
    int seen = users.get();
    while (seen > 0 && !closed.get()) {
      int witness = users.compareAndExchange(seen, seen + 1);
      if (witness == seen) {
        return true;
      }
      seen = witness;
    }
    return false;
  }

  /// The maker leaves. May be called again.
  void close() {
    if (closed.compareAndSet(false, true)) {
      leave();
    }
  }

  void leave() {
    if (users.decrementAndGet() == 0) {
      free.run();
    }
  }
}
