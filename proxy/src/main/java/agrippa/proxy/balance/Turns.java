package agrippa.proxy.balance;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Changes endpoints at a later time, one change at a time.
@FunctionalInterface
interface Turns {
  /// @param change made while nothing else changes; whether choices have to be made in another way
  ///     now
  void in(Duration time, BooleanSupplier change);
}
