package agrippa.provider.accesslog;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// How long to leave something alone that failed: a second, then twice as long each time, up to a
/// minute.
final class Patience {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofMinutes(1);

  private final InstantSource clock;
  private Duration next = FIRST;
  private Instant until = Instant.MIN;

  Patience(InstantSource clock) {
    this.clock = clock;
  }

  boolean over() {
    return !clock.instant().isBefore(until);
  }

  void failed() {
    until = clock.instant().plus(next);
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(MOST) < 0 ? twice : MOST;
  }

  void succeeded() {
    next = FIRST;
  }
}
