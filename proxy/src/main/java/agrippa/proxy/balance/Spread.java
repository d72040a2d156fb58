package agrippa.proxy.balance;

import java.util.Comparator;
import java.util.PriorityQueue;

/// The order of turns in which each of several appears as often as its weight says, as evenly
/// spread as can be.
public final class Spread {
  /*
   * The k-th of w places is wanted at the point (k + 1/2) / w of the cycle; a heap yields the
   * places in the order of these points. So after any number of places nobody is more than one
   * place from his share, and after a whole cycle all have exactly theirs.
   */

  private Spread() {}

  /// One cycle.
  ///
  /// @param weights all positive
  /// @param longest most places (or one for each weight, if these are more). Weights that would
  ///     need more are halved, rounding up, until they fit
  /// @return an index into the weights for each place
  public static int[] of(int[] weights, int longest) {
    int[] reduced = reduced(weights, longest);
    int[] places = new int[total(reduced)];
    PriorityQueue<Place> next = new PriorityQueue<>(Math.max(1, reduced.length), Place.ORDER);
    for (int i = 0; i < reduced.length; i++) {
      next.add(new Place(i, 0, reduced[i]));
    }
    for (int i = 0; i < places.length; i++) {
      Place place = next.remove();
      places[i] = place.index;
      if (place.turn + 1 < place.weight) {
        next.add(new Place(place.index, place.turn + 1, place.weight));
      }
    }
    return places;
  }

  private static int[] reduced(int[] all, int longest) {
    int[] weights = all.clone();
    int divisor = 0;
    for (int weight : weights) {
      divisor = gcd(weight, divisor);
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= divisor;
    }
    while (total(weights) > Math.max(longest, weights.length)) {
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

  /// The place number `turn` of an index, from 0.
  private record Place(int index, int turn, int weight) {
    private static final Comparator<Place> ORDER =
        Comparator.<Place>comparingDouble(p -> (p.turn + 0.5) / p.weight)
            .thenComparingInt(Place::index);
  }
}
