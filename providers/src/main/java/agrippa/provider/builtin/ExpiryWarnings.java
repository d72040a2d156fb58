package agrippa.provider.builtin;

import agrippa.model.LoadBalancerId;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Says in time that certificates end: 30, 7 and 1 days ahead, and when they have ended; each time
/// once, for as long as the certificate is in use. Plans are looked at whenever they are applied,
/// which happens from time to time even if nothing changes.
///
/// What tenants wrote into certificates is not told: their number and place are.
final class ExpiryWarnings {
  private static final List<Duration> AHEAD =
      List.of(Duration.ZERO, Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(30));

  private final InstantSource clock;
  // What was said last of certificates that end soon, by their places; a plan's is written by
  // whoever applies it, one after the other.
  private final Map<LoadBalancerId, Map<Shown, Duration>> said = new ConcurrentHashMap<>();

  ExpiryWarnings(InstantSource clock) {
    this.clock = clock;
  }

  /// A certificate at its place.
  ///
  /// @param place such as `listener ID`
  private record Shown(String place, BigInteger serial, Instant end) {
    static Shown of(String place, Certificate certificate) {
      var leaf = certificate.chain().getFirst();
      return new Shown(place, leaf.getSerialNumber(), leaf.getNotAfter().toInstant());
    }

    String line(Duration left) {
      return "the certificate with serial number %x of %s %s %s"
          .formatted(serial, place, left.isPositive() ? "ends at" : "has ended at", end);
    }
  }

  /// What is to be said now, and was not said before.
  List<String> due(LoadBalancerId id, ProxyPlan plan) {
    Instant now = clock.instant();
    Map<Shown, Duration> before = said.getOrDefault(id, Map.of());
    Map<Shown, Duration> next = new HashMap<>();
    shown(plan)
        .forEach(
            it -> {
              Duration level = level(Duration.between(now, it.end()));
              if (level != null) {
                next.put(it, level);
              }
            });
    if (next.isEmpty()) {
      said.remove(id);
    } else {
      said.put(id, next);
    }
    return next.entrySet().stream()
        .filter(it -> !it.getValue().equals(before.get(it.getKey())))
        .map(it -> it.getKey().line(it.getValue()))
        .sorted()
        .toList();
  }

  void forget(LoadBalancerId id) {
    said.remove(id);
  }

  private static @Nullable Duration level(Duration left) {
    return AHEAD.stream().filter(it -> left.compareTo(it) <= 0).findFirst().orElse(null);
  }

  private static Stream<Shown> shown(ProxyPlan plan) {
    return Stream.concat(
        plan.frontends().stream().flatMap(ExpiryWarnings::shown),
        plan.upstreams().stream().flatMap(ExpiryWarnings::shown));
  }

  private static Stream<Shown> shown(Frontend frontend) {
    return Stream.ofNullable(frontend.tls())
        .flatMap(it -> it.certificates().stream())
        .map(it -> Shown.of("listener " + frontend.name(), it))
        .distinct();
  }

  private static Stream<Shown> shown(Upstream upstream) {
    return Stream.ofNullable(upstream.tls())
        .flatMap(it -> Stream.ofNullable(it.certificate()))
        .map(it -> Shown.of("pool " + upstream.name(), it));
  }
}
