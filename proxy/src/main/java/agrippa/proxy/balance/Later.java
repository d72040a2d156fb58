package agrippa.proxy.balance;

import java.time.Duration;

/// Does things at a later time.
@FunctionalInterface
public interface Later {
  /// The later time never comes.
  Later NEVER = (_, _) -> {};

  /// @param action must not wait for anybody
  void in(Duration time, Runnable action);
}
