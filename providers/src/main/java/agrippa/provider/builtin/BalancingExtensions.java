package agrippa.provider.builtin;

import agrippa.model.PoolId;
import agrippa.provider.builtin.Extension.Place;
import agrippa.proxy.plan.Balancing.Ejection;
import agrippa.proxy.plan.Check.StatusRange;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  static final Extension<Integer> RETRIES =
      Extension.of(
          "retries",
          Place.POOL,
          "How often work is given to another member if one failed at it.",
          "a number from 0 to 4",
          Extension.number(0, 4));

  static final Extension<RetryOn> RETRY_ON =
      Extension.of(
          "retry_on",
          Place.POOL,
          "At what work is given to another member.",
          "some of connect, reset, 5xx, and numbers from 400 to 599, with commas between them",
          RetryOn::read);

  static final Extension<Integer> RETRY_BUDGET =
      Extension.of(
          "retry_budget",
          Place.POOL,
          "Most further tries, in percent of the work of the last ten seconds.",
          "a number from 1 to 100",
          Extension.number(1, 100));

  static final Extension<Map<PoolId, Integer>> SPLIT =
      Extension.onlyOf(
          "split",
          Place.LISTENER,
          1,
          "Pools that share what the default pool would get.",
          "POOL:WEIGHT, with ids of pools, weights from 0 to 1000, and commas between them",
          BalancingExtensions::shares);

  static final Extension<String> CHECK =
      Extension.onlyOf(
          "check",
          Place.POOL,
          1,
          "How a health monitor checks, in place of what it says.",
          "grpc, or grpc:SERVICE with the name of a service",
          BalancingExtensions::service);

  static final List<Extension<?>> ALL =
      List.of(
          CHECK, DRAIN_TIMEOUT, HASH, OUTLIER, RETRIES, RETRY_BUDGET, RETRY_ON, SLOW_START, SPLIT);

  private static final Duration USUAL_EJECTION = Duration.ofSeconds(30);

  private static final Pattern SHARE =
      Pattern.compile(
          "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):([0-9]{1,4})");

  private BalancingExtensions() {}

  /// How clients are spread over members by a hash.
  enum Hashing {
    STANDARD,
    /// A member that comes or goes moves hardly any client of others.
    MAGLEV
  }

  /// What makes another member try.
  ///
  /// @param unreached connections that could not be made
  /// @param unanswered requests without a response
  record RetryOn(boolean unreached, boolean unanswered, List<StatusRange> statuses) {
    private static final Pattern FORM =
        Pattern.compile(
            "(connect|reset|5xx|[45][0-9]{2})(,(connect|reset|5xx|[45][0-9]{2})){0,15}");

    static Optional<RetryOn> read(String value) {
      if (!FORM.matcher(value).matches()) {
        return Optional.empty();
      }
      List<String> words = List.of(value.split(","));
      return Optional.of(
          new RetryOn(
              words.contains("connect"),
              words.contains("reset"),
              words.stream().flatMap(RetryOn::statuses).toList()));
    }

    private static Stream<StatusRange> statuses(String word) {
      return switch (word) {
        case "connect", "reset" -> Stream.empty();
        case "5xx" -> Stream.of(new StatusRange(500, 599));
        default -> Stream.of(new StatusRange(Integer.parseInt(word), Integer.parseInt(word)));
      };
    }
  }

  /// In the order in which they are written.
  private static Optional<Map<PoolId, Integer>> shares(String value) {
    Map<PoolId, Integer> shares = new LinkedHashMap<>();
    for (String each : value.split(",", -1)) {
      Matcher share = SHARE.matcher(each);
      if (!share.matches() || Integer.parseInt(share.group(2)) > 1_000) {
        return Optional.empty();
      }
      PoolId pool = new PoolId(UUID.fromString(share.group(1)));
      if (shares.put(pool, Integer.valueOf(share.group(2))) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(shares);
  }

  private static Optional<String> service(String value) {
    return Optional.of(value)
        .filter(it -> it.matches("grpc(:[A-Za-z0-9_./-]{1,120})?"))
        .map(it -> it.length() < 5 ? "" : it.substring(5));
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
