package agrippa.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How much of what there may be.
///
/// @param limits from [#UNLIMITED] to [#MAX]; nothing is said of what is missing
public record Quota(Map<Countable, Integer> limits) {
  /// As much as one likes.
  public static final int UNLIMITED = -1;

  /// The highest limit (Octavia's `MAX_QUOTA`).
  public static final int MAX = 2_000_000_000;

  /// Says nothing.
  public static final Quota SILENT = new Quota(Map.of());

  public Quota {
    var copy = new EnumMap<Countable, Integer>(Countable.class);
    copy.putAll(limits);
    limits = Collections.unmodifiableMap(copy);
    if (limits.values().stream().anyMatch(it -> it < UNLIMITED || it > MAX)) {
      throw new IllegalArgumentException("a limit is out of range: " + limits);
    }
  }

  /// The limit of one kind, or [#UNLIMITED] if nothing is said of it.
  public int limit(Countable kind) {
    return limits.getOrDefault(kind, UNLIMITED);
  }

  /// This quota with another limit.
  ///
  /// @param limit or null to say nothing
  public Quota with(Countable kind, @Nullable Integer limit) {
    var next = new EnumMap<Countable, Integer>(Countable.class);
    next.putAll(limits);
    if (limit == null) {
      next.remove(kind);
    } else {
      next.put(kind, limit);
    }
    return new Quota(next);
  }

  /// This quota, and what another says of the rest.
  public Quota over(Quota defaults) {
    var next = new EnumMap<Countable, Integer>(Countable.class);
    next.putAll(defaults.limits);
    next.putAll(limits);
    return new Quota(next);
  }

  /// How much more there may be.
  public long left(Countable kind, Usage usage) {
    int limit = limit(kind);
    return limit == UNLIMITED ? Long.MAX_VALUE : (long) limit - usage.of(kind);
  }

  /// The first kind for which so much more is too much.
  ///
  /// @param growth in addition to `usage`; what does not grow may be beyond its limit
  public Optional<Countable> full(Usage usage, Usage growth) {
    return growth.counts().keySet().stream()
        .filter(kind -> growth.of(kind) > 0 && growth.of(kind) > left(kind, usage))
        .findFirst();
  }
}
