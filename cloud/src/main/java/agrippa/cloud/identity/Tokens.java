package agrippa.cloud.identity;

import agrippa.cloud.Documents;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The tokens that are out. Random, 256 bits; kept by their hash, so that the database gives none
/// away.
final class Tokens {
  private static final String COLLECTION = "identity.tokens";
  private static final int BYTES = 32;
  private static final int AUDIT_BYTES = 16;

  /// Most tokens of one user; the oldest end early.
  private static final int MOST_PER_USER = 10_000;

  /// Longest text that is looked up at all.
  private static final int LONGEST = 255;

  private final Documents documents;
  private final ConcurrentMap<String, Token> byHash = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final SecureRandom random;
  private final Duration lifetime;
  private Instant nextSweep;

  Tokens(Documents documents, InstantSource clock, SecureRandom random, Duration lifetime) {
    this.documents = documents;
    this.clock = clock;
    this.random = random;
    this.lifetime = lifetime;
    this.nextSweep = clock.instant();
    documents.load(COLLECTION).forEach((hash, body) -> byHash.put(hash, Token.of(hash, body)));
  }

  /// A new token and what is kept of it.
  record Issued(String secret, Token token) {}

  /// @param notAfter the expiry of the token that this one is got with
  Issued issue(
      String user, List<String> methods, Scope scope, String credential, Instant notAfter) {
    sweep();
    makeRoom(user);
    String secret = randomText(BYTES);
    Instant now = clock.instant();
    Instant end = now.plus(lifetime);
    Token token =
        new Token(
            hash(secret),
            user,
            methods,
            scope,
            credential,
            randomText(AUDIT_BYTES),
            now,
            end.isBefore(notAfter) ? end : notAfter);
    documents.commit(new Documents.Batch().put(COLLECTION, token.hash(), token.json()));
    byHash.put(token.hash(), token);
    return new Issued(secret, token);
  }

  /// The token, unless it is unknown or expired.
  Optional<Token> find(String secret) {
    if (secret.isEmpty() || secret.length() > LONGEST) {
      return Optional.empty();
    }
    return Optional.ofNullable(byHash.get(hash(secret)))
        .filter(it -> clock.instant().isBefore(it.expires()));
  }

  /// Makes tokens worthless.
  void revoke(Predicate<Token> which) {
    List<Token> revoked = byHash.values().stream().filter(which).toList();
    Documents.Batch batch = new Documents.Batch();
    revoked.forEach(it -> batch.remove(COLLECTION, it.hash()));
    documents.commit(batch);
    revoked.forEach(it -> byHash.remove(it.hash()));
  }

  /// A tenth at once, so that not every further token costs a search.
  private void makeRoom(String user) {
    List<Token> all = byHash.values().stream().filter(it -> it.user().equals(user)).toList();
    if (all.size() >= MOST_PER_USER) {
      Set<Token> oldest =
          all.stream()
              .sorted(Comparator.comparing(Token::issued))
              .limit(MOST_PER_USER / 10)
              .collect(Collectors.toSet());
      revoke(oldest::contains);
    }
  }

  /// Forgets expired tokens, now and then.
  private synchronized void sweep() {
    Instant now = clock.instant();
    if (now.isBefore(nextSweep)) {
      return;
    }
    nextSweep = now.plus(Duration.ofMinutes(10));
    revoke(it -> !now.isBefore(it.expires()));
  }

  private String randomText(int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
  }

  private static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
