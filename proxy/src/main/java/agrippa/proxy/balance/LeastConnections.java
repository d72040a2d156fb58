package agrippa.proxy.balance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The endpoint with the least work in flight for its weight; among equals, each in turn.
final class LeastConnections implements Balancer {
  private final LiveEndpoint[] endpoints;
  // Copied, so that the scan touches no plan.
  private final int[] weights;

  LeastConnections(List<LiveEndpoint> rotation) {
    endpoints = rotation.toArray(LiveEndpoint[]::new);
    weights = rotation.stream().mapToInt(LiveEndpoint::share).toArray();
  }

  @Override
  public @Nullable LiveEndpoint choose(long client, long turn, @Nullable LiveEndpoint avoid) {
    int count = endpoints.length;
    if (count == 0) {
      return null;
    }
    int index = (int) Long.remainderUnsigned(turn, count);
    int best = -1;
    long bestActive = 0;
    for (int i = 0; i < count; i++, index = index + 1 == count ? 0 : index + 1) {
      if (endpoints[index] == avoid) {
        continue;
      }
      long active = endpoints[index].active();
      if (best < 0 || active * weights[best] < bestActive * weights[index]) {
        best = index;
        bestActive = active;
      }
    }
    return best < 0 ? avoid : endpoints[best];
  }
}
