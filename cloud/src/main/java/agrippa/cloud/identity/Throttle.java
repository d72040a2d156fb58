package agrippa.cloud.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// Slows down who guesses passwords. Nobody waits for the mistakes of others: whoever has not
/// failed yet, as this user from this address, is looked at.
///
/// Failures are counted by user and address together: [#FREE] are free, then each must be waited
/// for twice as long as the last. Where many fail, be it one user from everywhere or everybody from
/// one address, only [#FREE_UNDER_ATTACK] is. Success clears a user's.
///
/// Tables are bounded and forget what failed least recently. To make one forget takes as many wrong
/// passwords as it has rows, each of which costs a hash, and so longer than the longest wait.
final class Throttle {
  static final int FREE = 5;
  static final int FREE_UNDER_ATTACK = 1;
  static final int ATTACK = 50;
  static final int ROWS = 10_000;
  static final int AT_ONCE = 64;
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofMinutes(5);
  static final Duration MEMORY = Duration.ofMinutes(15);
  private static final int LONGEST_NAME = 255;
  private static final int NETWORK_BYTES = 8;

  private final InstantSource clock;
  // All guarded by this.
  private final Map<Guess, Failures> guesses = bounded();
  private final Map<String, Failures> users = bounded();
  private final Map<String, Failures> networks = bounded();
  private final Map<String, Integer> underWay = new HashMap<>();

  Throttle(InstantSource clock) {
    this.clock = clock;
  }

  private static <K> Map<K, Failures> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, Failures> eldest) {
        return size() > ROWS;
      }
    };
  }

  /// Somebody who tries to be somebody.
  ///
  /// @param user its id or, if there is none of the name, the name
  /// @param network the client's address; of IPv6, the network of 64 bits that one client has
  record Guess(String user, String network) {
    static Guess of(String user, String address) {
      return new Guess(user.substring(0, Math.min(user.length(), LONGEST_NAME)), network(address));
    }

    private static String network(String address) {
      try {
        return InetAddress.ofLiteral(address) instanceof Inet6Address it
            ? HexFormat.of().formatHex(it.getAddress(), 0, NETWORK_BYTES)
            : address;
      } catch (IllegalArgumentException e) {
        // A peer without address, such as a socket file's.
        return address;
      }
    }
  }

  /// @param since when they are counted from: the last one for a guess, the first for a tally
  /// @param until when the next guess is looked at
  private record Failures(int count, Instant since, Instant until) {
    boolean old(Instant now) {
      return since.plus(MEMORY).isBefore(now);
    }
  }

  /// Begins to look at a guess, which [#end] must follow.
  ///
  /// @throws Refused if it is too early, or if too many of the same network are looked at
  synchronized void begin(Guess guess) {
    require(guess);
    if (underWay.getOrDefault(guess.network, 0) >= AT_ONCE) {
      throw Refused.tooMany(FIRST);
    }
    underWay.merge(guess.network, 1, Integer::sum);
  }

  synchronized void end(Guess guess) {
    underWay.computeIfPresent(guess.network, (network, count) -> count == 1 ? null : count - 1);
  }

  /// @throws Refused if it is too early for this guess
  synchronized void require(Guess guess) {
    Failures known = guesses.get(guess);
    Instant now = clock.instant();
    if (known != null && now.isBefore(known.until)) {
      throw Refused.tooMany(Duration.between(now, known.until));
    }
  }

  synchronized void failed(Guess guess) {
    Instant now = clock.instant();
    int byUser = tally(users, guess.user, now);
    int byNetwork = tally(networks, guess.network, now);
    int free = byUser > ATTACK || byNetwork > ATTACK ? FREE_UNDER_ATTACK : FREE;
    // Whoever is removed goes to the end of the line of those that are forgotten.
    Failures known = guesses.remove(guess);
    int count = known == null || known.old(now) ? 1 : known.count + 1;
    Instant until = count < free ? now : now.plus(pause(count - free));
    guesses.put(guess, new Failures(count, now, until));
  }

  /// @return how many there are now, within the time that is remembered
  private static int tally(Map<String, Failures> table, String key, Instant now) {
    Failures known = table.remove(key);
    Failures next =
        known == null || known.old(now)
            ? new Failures(1, now, now)
            : new Failures(known.count + 1, known.since, now);
    table.put(key, next);
    return next.count;
  }

  private static Duration pause(int over) {
    Duration pause = FIRST.multipliedBy(1L << Math.min(over, 20));
    return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
  }

  /// Failures of the network stay: somebody in it has a password, and may guess at others'.
  synchronized void succeeded(Guess guess) {
    guesses.remove(guess);
    users.remove(guess.user);
  }

  /// Rows that are kept, for tests.
  synchronized int rows() {
    return guesses.size() + users.size() + networks.size() + underWay.size();
  }
}
