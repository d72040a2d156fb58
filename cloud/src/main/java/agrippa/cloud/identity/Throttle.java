package agrippa.cloud.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Slows down who guesses passwords: after some failures in a row, a user's logins fail without a
/// look for a while. The table is bounded and forgets the oldest.
final class Throttle {
  private static final int FAILURES = 10;
  private static final Duration PENALTY = Duration.ofSeconds(30);
  private static final int MOST_USERS = 10_000;
  private static final int LONGEST_KEY = 255;

  private final InstantSource clock;
  private final Map<String, Record> records =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Record> eldest) {
          return size() > MOST_USERS;
        }
      };

  Throttle(InstantSource clock) {
    this.clock = clock;
  }

  private record Record(int failures, Instant last) {}

  synchronized boolean blocked(String user) {
    Record record = records.get(cut(user));
    return record != null
        && record.failures >= FAILURES
        && clock.instant().isBefore(record.last.plus(PENALTY));
  }

  synchronized void failed(String user) {
    String key = cut(user);
    Record record = records.remove(key);
    records.put(key, new Record(record == null ? 1 : record.failures + 1, clock.instant()));
  }

  synchronized void succeeded(String user) {
    records.remove(cut(user));
  }

  /// Names of users that do not exist may be of any length.
  private static String cut(String user) {
    return user.substring(0, Math.min(user.length(), LONGEST_KEY));
  }
}
