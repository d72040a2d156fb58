package agrippa.proxy.balance;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// A cycle in which each endpoint appears as often as its weight says.
final class WeightedSequence {
  /// Longest cycle (or one place per endpoint, if these are more): a bound on memory that costs a
  /// little exactness from about 256 endpoints with unequal weights on.
  private static final int LONGEST = 1 << 16;

  private final LiveEndpoint[] places;

  /// @param places not changed afterwards
  WeightedSequence(LiveEndpoint[] places) {
    this.places = places;
  }

  /// One in which endpoints are spread as evenly as can be.
  ///
  /// @param weight positive for each of the endpoints
  static WeightedSequence of(List<LiveEndpoint> endpoints, ToIntFunction<LiveEndpoint> weight) {
    int[] order = Spread.of(endpoints.stream().mapToInt(weight).toArray(), LONGEST);
    LiveEndpoint[] places = new LiveEndpoint[order.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = endpoints.get(order[i]);
    }
    return new WeightedSequence(places);
  }

  /// The endpoint at a place, counted on and on through the cycle; or the next one behind it that
  /// is not `avoid`, if there is one; null if the sequence is empty.
  @Nullable LiveEndpoint at(long place, @Nullable LiveEndpoint avoid) {
    if (places.length == 0) {
      return null;
    }
    int index = (int) Long.remainderUnsigned(place, places.length);
    LiveEndpoint chosen = places[index];
    for (int i = 1; chosen == avoid && i < places.length; i++) {
      chosen = places[(index + i) % places.length];
    }
    return chosen;
  }

  int length() {
    return places.length;
  }
}
