package agrippa.cloud.network;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which ports floating IPs lead to.
final class FloatingIpTargets {
  private FloatingIpTargets() {}

  /// The ports that other floating IPs lead to than before.
  static Set<UUID> moved(NetworkState before, NetworkState after) {
    Set<Lead> changed = new HashSet<>(leads(before));
    Set<Lead> now = leads(after);
    Set<Lead> same = new HashSet<>(changed);
    same.retainAll(now);
    changed.addAll(now);
    changed.removeAll(same);
    return changed.stream().map(it -> it.target().port()).collect(Collectors.toSet());
  }

  private record Lead(UUID floatingIp, FloatingIp.Target target) {}

  private static Set<Lead> leads(NetworkState state) {
    return state
        .floatingIps()
        .flatMap(it -> Stream.ofNullable(it.target()).map(to -> new Lead(it.id(), to)))
        .collect(Collectors.toSet());
  }
}
