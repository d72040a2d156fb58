package agrippa.provider.builtin;

import agrippa.provider.builtin.Extension.Place;
import agrippa.proxy.plan.Balancing.Ejection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Extensions that say how work is shared among members; part of [Extensions#ALL].
final class BalancingExtensions {
  static final Extension<Hashing> HASH =
      Extension.of(
          "hash",
          Place.POOL,
          "How pools of SOURCE_IP and SOURCE_IP_PORT spread clients over members.",
          "standard or maglev",
          Extension.oneOf(Hashing.class));

  static final Extension<Duration> DRAIN_TIMEOUT =
      Extension.of(
          "drain_timeout",
          Place.POOL,
          "How long members keep their connections that are removed, disabled or of weight 0.",
          "a number of seconds from 1 to 86400",
          Extension.seconds(86_400));

  static final Extension<Duration> SLOW_START =
      Extension.of(
          "slow_start",
          Place.POOL,
          "How long the share of a member grows that begins to serve, in seconds.",
          "a number of seconds from 1 to 3600",
          Extension.seconds(3_600));

  static final Extension<Ejection> OUTLIER =
      Extension.of(
          "outlier",
          Place.POOL,
          "After how many failures in a row a member is left out, and for how many seconds.",
          "FAILURES or FAILURES:SECONDS, with 1 to 1000 failures and 1 to 3600 seconds",
          BalancingExtensions::ejection);

  static final List<Extension<?>> ALL = List.of(DRAIN_TIMEOUT, HASH, OUTLIER, SLOW_START);

  private static final Duration USUAL_EJECTION = Duration.ofSeconds(30);

  private BalancingExtensions() {}

  /// How clients are spread over members by a hash.
  enum Hashing {
    STANDARD,
    /// A member that comes or goes moves hardly any client of others.
    MAGLEV
  }

  private static Optional<Ejection> ejection(String value) {
    int colon = value.indexOf(':');
    Optional<Integer> failures =
        Extension.number(1, 1_000).apply(colon < 0 ? value : value.substring(0, colon));
    Optional<Duration> time =
        colon < 0
            ? Optional.of(USUAL_EJECTION)
            : Extension.seconds(3_600).apply(value.substring(colon + 1));
    return failures.flatMap(many -> time.map(it -> new Ejection(many, it)));
  }
}
