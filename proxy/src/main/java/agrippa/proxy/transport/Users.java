package agrippa.proxy.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts who uses something native, its maker included, and frees it when the last one is gone.
/// Nobody comes in any more once the maker has left. Waits for nobody, and wakes nobody.
public final class Users {
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Runnable free;

  /// @param free called once, by whoever is the last
  public Users(Runnable free) {
    this.free = free;
  }

  /// @return false if it is closed
  public boolean enter() {
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
  public void close() {
    if (closed.compareAndSet(false, true)) {
      leave();
    }
  }

  /// Who has entered, leaves.
  public void leave() {
    if (users.decrementAndGet() == 0) {
      free.run();
    }
  }
}
