package agrippa.proxy.stats;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// One loop's counts of what one frontend has to do with one upstream: in all, and with each of its
/// endpoints. That of an endpoint is made when the endpoint is first used.
public final class UpstreamTally {
  private final Tally all = new Tally(null);
  private final Map<String, Tally> endpoints = new ConcurrentHashMap<>();

  UpstreamTally() {}

  public Tally all() {
    return all;
  }

  /// For the loop alone.
  public Tally endpoint(String name) {
    Tally known = endpoints.get(name);
    if (known != null) {
      return known;
    }
    Tally made = new Tally(all);
    endpoints.put(name, made);
    return made;
  }

  @Nullable Tally find(String endpoint) {
    return endpoints.get(endpoint);
  }

  void retain(Set<String> names) {
    endpoints.keySet().retainAll(names);
  }
}
