package agrippa.proxy.balance;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
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
    int[] weights = reduced(endpoints.stream().mapToInt(weight).toArray());
    LiveEndpoint[] places = new LiveEndpoint[total(weights)];
    PriorityQueue<Place> next = new PriorityQueue<>(Math.max(1, weights.length), Place.ORDER);
    for (int i = 0; i < weights.length; i++) {
      next.add(new Place(i, 0, weights[i]));
    }
    for (int i = 0; i < places.length; i++) {
      Place place = next.remove();
      places[i] = endpoints.get(place.endpoint);
      if (place.turn + 1 < place.weight) {
        next.add(new Place(place.endpoint, place.turn + 1, place.weight));
      }
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

  private static int[] reduced(int[] weights) {
    int divisor = 0;
    for (int weight : weights) {
      divisor = gcd(weight, divisor);
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= divisor;
    }
    while (total(weights) > Math.max(LONGEST, weights.length)) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (weights[i] + 1) / 2;
      }
    }
    return weights;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static int total(int[] weights) {
    int total = 0;
    for (int weight : weights) {
      total += weight;
    }
    return total;
  }

  /// The place number `turn` of an endpoint, from 0.
  private record Place(int endpoint, int turn, int weight) {
    private static final Comparator<Place> ORDER =
        Comparator.<Place>comparingDouble(p -> (p.turn + 0.5) / p.weight)
            .thenComparingInt(Place::endpoint);
  }
}
