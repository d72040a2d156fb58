package agrippa.provider.builtin.ocsp;

import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.OcspResponse;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Knows what certificates' issuers say of them. Nobody waits for a responder: what is not known
/// yet is asked for meanwhile, and there when the load balancer is looked at next. An answer is
/// renewed when half of its time is over, and used no longer than it says.
public final class Stapling {
  private static final System.Logger LOG = System.getLogger(Stapling.class.getName());
  private static final int MOST_KNOWN = 4_096;
  private static final int MOST_AT_A_TIME = 16;
  private static final Duration AGAIN_AFTER_FAILURE = Duration.ofMinutes(5);
  private static final Duration LONGEST_REST = Duration.ofHours(12);

  private final Responders responders;
  private final InstantSource clock;
  private final Executor askers;
  private final Semaphore permits = new Semaphore(MOST_AT_A_TIME);
  // The least recently used goes first; guarded by this.
  private final Map<X509Certificate, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<X509Certificate, Known> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /// @param allowed networks in which responders may be asked; none: nobody is asked
  /// @param askers runs what waits for responders
  public Stapling(List<Cidr> allowed, InstantSource clock, Executor askers) {
    this.responders = new Responders(allowed, clock);
    this.clock = clock;
    this.askers = askers;
  }

  /// @param response the last good one, or null
  /// @param until when that is no longer good
  /// @param askAgain when the next is due
  private record Known(@Nullable OcspResponse response, Instant until, Instant askAgain) {
    static final Known NOTHING = new Known(null, Instant.MIN, Instant.MIN);

    Known failed(Instant now) {
      return new Known(response, until, now.plus(AGAIN_AFTER_FAILURE));
    }

    static Known answered(Question.Answer answer, Instant now) {
      Duration half = Duration.between(now, answer.until()).dividedBy(2);
      Duration rest = half.compareTo(LONGEST_REST) < 0 ? half : LONGEST_REST;
      return new Known(answer.response(), answer.until(), now.plus(rest));
    }
  }

  /// What is known of a certificate now.
  ///
  /// @param chain the certificate first, then its issuers
  public Optional<OcspResponse> of(List<X509Certificate> chain) {
    if (responders.none()) {
      return Optional.empty();
    }
    X509Certificate leaf = chain.getFirst();
    Instant now = clock.instant();
    if (!now.isBefore(known(leaf).askAgain)) {
      Question.about(chain).ifPresent(it -> ask(leaf, it, now));
    }
    Known seen = known(leaf);
    return now.isBefore(seen.until) ? Optional.ofNullable(seen.response) : Optional.empty();
  }

  private void ask(X509Certificate leaf, Question question, Instant now) {
    if (permits.tryAcquire()) {
      // Whoever comes meanwhile need not ask, too.
      know(leaf, known(leaf).failed(now));
      askers.execute(() -> answer(leaf, question));
    }
  }

  private void answer(X509Certificate leaf, Question question) {
    try {
      byte[] answer = responders.ask(question.responder(), question.encoded());
      Instant now = clock.instant();
      know(leaf, Known.answered(question.read(answer, now), now));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.INFO,
          "no OCSP response for the certificate with serial number {0}: {1}",
          question.serial().toString(16),
          String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}", "?"));
    } finally {
      permits.release();
    }
  }

  private synchronized Known known(X509Certificate leaf) {
    return known.getOrDefault(leaf, Known.NOTHING);
  }

  private synchronized void know(X509Certificate leaf, Known now) {
    known.put(leaf, now);
  }
}
