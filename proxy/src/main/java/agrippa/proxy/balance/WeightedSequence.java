package agrippa.proxy.balance;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// A cycle in which each endpoint appears as often as its weight says.
final class WeightedSequence {
  /*
   * The k-th of an endpoint's w places is wanted at the point (k + 1/2) / w of the cycle; a heap
   * yields the places in the order of these points. So after any number of places no endpoint is
   * more than one place from its share, and after a whole cycle all have exactly theirs.
   */

  /// Longest cycle: 65,536 places (or one per endpoint, if these are more). Weights that would need
  /// a longer one are halved, rounding up, until they fit: a bound on memory that costs a little
  /// exactness from about 256 endpoints with unequal weights on.
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
