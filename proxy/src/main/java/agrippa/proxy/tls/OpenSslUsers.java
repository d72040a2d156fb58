package agrippa.proxy.tls;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts who uses something native, its maker included, and frees it when the last one is gone.
final class OpenSslUsers {
  private final AtomicInteger users = new AtomicInteger(1);
  private final Runnable free;

  OpenSslUsers(Runnable free) {
    this.free = free;
  }

  /// @return false if it is freed or about to be
  boolean enter() {
    int seen = users.get();
    while (seen > 0) {
      int witness = users.compareAndExchange(seen, seen + 1);
      if (witness == seen) {
        return true;
      }
      seen = witness;
    }
    return false;
  }

  void leave() {
    if (users.decrementAndGet() == 0) {
      free.run();
    }
  }
}
