package agrippa.provider.builtin;

import agrippa.model.ListenerTls;
import agrippa.model.LoadBalancerTree;
import agrippa.model.PoolTls;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All that a tree says of secrets, whether it is in effect or not: who enables a listener again
/// still needs its certificate.
final class SecretReferences {
  private SecretReferences() {}

  static Set<String> of(LoadBalancerTree tree) {
    Stream<@Nullable String> listeners = tree.listeners().stream().flatMap(it -> of(it.tls()));
    Stream<@Nullable String> pools = tree.pools().stream().flatMap(it -> of(it.tls()));
    return Stream.concat(listeners, pools)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Stream<@Nullable String> of(ListenerTls tls) {
    return Stream.concat(
        Stream.of(tls.defaultContainer(), tls.clientCa(), tls.clientCrl()),
        tls.sniContainers().stream());
  }

  private static Stream<@Nullable String> of(PoolTls tls) {
    return Stream.of(tls.container(), tls.ca(), tls.crl());
  }
}
