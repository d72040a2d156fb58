package agrippa.control.reconcile;

import java.time.Duration;

/// Runs work in the background, now or later.
public interface Tasks extends AutoCloseable {
  void run(Runnable task);

  void after(Duration delay, Runnable task);

  /// Forgets what was put off, and waits for what runs. Tasks that come later are dropped.
  @Override
  void close();
}
