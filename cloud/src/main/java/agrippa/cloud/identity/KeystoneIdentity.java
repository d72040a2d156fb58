package agrippa.cloud.identity;

import agrippa.cloud.openstack.KeystoneSession;
import agrippa.cloud.openstack.Recent;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/// A real Keystone, which is asked whose a token is.
///
/// Answers are remembered for a while, never beyond the token's expiry. So a token that is
/// revoked is good for at most as long as that; and while Keystone is away, those who were seen
/// lately go on.
public final class KeystoneIdentity implements Identity {
  private static final int LONGEST_TOKEN = 4096;
  private static final int MOST_KNOWN = 20_000;
  private static final int MOST_UNKNOWN = 20_000;
  private static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);
  private static final int LANES = 64;
  private static final long LONGEST_WAIT_SECONDS = 30;

  private final KeystoneTokens tokens;
  private final InstantSource clock;
  private final Duration freshness;
  private final URI publicUrl;
  private final Recent<Known> known = new Recent<>(MOST_KNOWN);
  // Apart, so that made-up tokens cannot drive out good ones.
  private final Recent<Instant> unknown = new Recent<>(MOST_UNKNOWN);
  // The same token is asked about once at a time, and at most so many are.
  private final ReentrantLock[] lanes =
      IntStream.range(0, LANES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  /// @param freshness for how long an answer is good
  /// @param publicUrl where callers get a token
  public KeystoneIdentity(
      KeystoneSession session, InstantSource clock, Duration freshness, URI publicUrl) {
    this.tokens = new KeystoneTokens(session);
    this.clock = clock;
    this.freshness = freshness;
    this.publicUrl = publicUrl;
  }

  /// @param until when Keystone is asked again
  private record Known(Caller caller, Instant until) {}

  @Override
  public Optional<Caller> authenticate(String token) {
    if (!KeystoneTokens.plausible(token, LONGEST_TOKEN)) {
      return Optional.empty();
    }
    // Nobody who sees this memory should find the tokens of yesterday in it.
    String key = digest(token);
    Optional<Optional<Caller>> remembered = remembered(key);
    return remembered.isPresent() ? remembered.get() : asked(key, token);
  }

  private Optional<Optional<Caller>> remembered(String key) {
    Instant now = clock.instant();
    Optional<Known> good = known.get(key).filter(it -> now.isBefore(it.until()));
    if (good.isPresent()) {
      return Optional.of(good.map(Known::caller));
    }
    return unknown.get(key).filter(now::isBefore).map(it -> Optional.empty());
  }

  private Optional<Caller> asked(String key, String token) {
    ReentrantLock lane = lanes[Math.floorMod(key.hashCode(), LANES)];
    enter(lane);
    try {
      return remembered(key).orElseGet(() -> validated(key, token));
    } finally {
      lane.unlock();
    }
  }

  private static void enter(ReentrantLock lane) {
    try {
      if (lane.tryLock(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ServiceUnavailableException("Keystone is too slow for all who want to log in");
  }

  private Optional<Caller> validated(String key, String token) {
    Instant now = clock.instant();
    Optional<KeystoneTokens.Valid> valid =
        tokens.validate(token).filter(it -> now.isBefore(it.expiry()));
    if (valid.isEmpty()) {
      known.remove(key);
      unknown.put(key, now.plus(UNKNOWN_FOR));
      return Optional.empty();
    }
    Instant stale = now.plus(freshness);
    Instant expiry = valid.get().expiry();
    known.put(key, new Known(valid.get().caller(), expiry.isBefore(stale) ? expiry : stale));
    return valid.map(KeystoneTokens.Valid::caller);
  }

  private static String digest(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String publicUrl() {
    return publicUrl.toString();
  }
}
