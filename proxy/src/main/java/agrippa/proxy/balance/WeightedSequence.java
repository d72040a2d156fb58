package agrippa.proxy.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// A cycle in which each of some things appears as often as its weight says.
///
/// @param <T> what has weights, such as endpoints
final class WeightedSequence<T> {
  /// Longest cycle (or one place per thing, if these are more): a bound on memory that costs a
  /// little exactness from about 256 endpoints with unequal weights on.
  private static final int LONGEST = 1 << 16;

  private final List<T> places;

  /// @param places not changed afterwards
  WeightedSequence(List<T> places) {
    this.places = places;
  }

  /// One in which things are spread as evenly as can be.
  ///
  /// @param weight positive for each of them
  static <T> WeightedSequence<T> of(List<T> things, ToIntFunction<T> weight) {
    int[] order = Spread.of(things.stream().mapToInt(weight).toArray(), LONGEST);
    List<T> places = new ArrayList<>(order.length);
    for (int thing : order) {
      places.add(things.get(thing));
    }
    return new WeightedSequence<>(places);
  }

  /// The thing at a place, counted on and on through the cycle; or the next one behind it that is
  /// not `avoid`, if there is one; null if the sequence is empty.
  @Nullable T at(long place, @Nullable T avoid) {
    int length = places.size();
    if (length == 0) {
      return null;
    }
    int index = (int) Long.remainderUnsigned(place, length);
    T chosen = places.get(index);
    for (int i = 1; chosen == avoid && i < length; i++) {
      chosen = places.get((index + i) % length);
    }
    return chosen;
  }

  int length() {
    return places.size();
  }
}
