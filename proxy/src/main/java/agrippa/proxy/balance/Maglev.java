package agrippa.proxy.balance;

import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;

/// Gives places to endpoints so that one that comes or goes takes its share from all others alike,
/// or leaves it to them, and hardly anything else moves. The same endpoints have the same places in
/// every process, since only their addresses and weights count.
final class Maglev {
  /*
   * After Eisenbud and others, "Maglev: A Fast and Reliable Software Network Load Balancer" (2016),
   * section 3.4: each endpoint prefers the places in an order of its own, and they take turns to
   * take what they prefer of what is left; here as often as their weights say.
   */

  /// A prime, for every step through the places to reach all of them; about a hundred times as many
  /// as most upstreams have endpoints, so that shares are right to some percent.
  static final int PLACES = 65_537;

  /// For upstreams with more.
  static final int MORE_PLACES = 655_373;

  private Maglev() {}

  /// @param endpoints all of positive weight
  static WeightedSequence<LiveEndpoint> table(List<LiveEndpoint> endpoints) {
    List<LiveEndpoint> ordered =
        endpoints.stream().sorted(Comparator.comparingLong(Maglev::identity)).toList();
    int size = ordered.isEmpty() ? 0 : ordered.size() * 100L <= PLACES ? PLACES : MORE_PLACES;
    return new WeightedSequence<>(List.of(filled(ordered, new LiveEndpoint[size])));
  }

  private static LiveEndpoint[] filled(List<LiveEndpoint> endpoints, LiveEndpoint[] places) {
    int heaviest = endpoints.stream().mapToInt(it -> it.plan().weight()).max().orElse(1);
    List<Taker> takers = endpoints.stream().map(it -> new Taker(it, places)).toList();
    int left = places.length;
    while (left > 0) {
      for (int i = 0; i < takers.size() && left > 0; i++) {
        if (takers.get(i).turn(heaviest)) {
          left--;
        }
      }
    }
    return places;
  }

  private static long identity(LiveEndpoint endpoint) {
    InetSocketAddress at = endpoint.plan().address();
    return Hash.of(at.getAddress().getAddress(), at.getPort());
  }

  /// Takes one place after another for an endpoint.
  private static final class Taker {
    private final LiveEndpoint endpoint;
    private final LiveEndpoint[] places;
    private final int step;
    private int next;
    private int credit;

    Taker(LiveEndpoint endpoint, LiveEndpoint[] places) {
      this.endpoint = endpoint;
      this.places = places;
      long hash = identity(endpoint);
      next = (int) Long.remainderUnsigned(hash, places.length);
      step = 1 + (int) Long.remainderUnsigned(Hash.mix(hash), places.length - 1);
    }

    /// @return whether the endpoint took a place: the heaviest does in each turn
    boolean turn(int heaviest) {
      credit += endpoint.plan().weight();
      if (credit < heaviest) {
        return false;
      }
      credit -= heaviest;
      while (places[next] != null) {
        next = (next + step) % places.length;
      }
      places[next] = endpoint;
      return true;
    }
  }
}
