package agrippa.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where clients arrive at a load balancer.
///
/// @param protocolPort 1 to 65535
/// @param connectionLimit most connections at a time; -1 leaves it to the provider
/// @param defaultPool takes what no policy takes, or null
/// @param insertHeaders header name to `true` or `false` (any text is kept), in the order given
/// @param allowedCidrs networks that may connect, in network form; empty means everybody
/// @param policies in the order of their positions, which count from 1
public record Listener(
    ListenerId id,
    Labels labels,
    boolean adminStateUp,
    ListenerProtocol protocol,
    int protocolPort,
    int connectionLimit,
    @Nullable PoolId defaultPool,
    ListenerTls tls,
    Map<String, String> insertHeaders,
    ListenerTimeouts timeouts,
    List<String> allowedCidrs,
    List<L7Policy> policies,
    Lifecycle lifecycle) {
  public Listener {
    insertHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(insertHeaders));
    allowedCidrs = List.copyOf(allowedCidrs);
    policies = List.copyOf(policies);
  }

  public Listener with(Lifecycle next) {
    return new Listener(
        id,
        labels,
        adminStateUp,
        protocol,
        protocolPort,
        connectionLimit,
        defaultPool,
        tls,
        insertHeaders,
        timeouts,
        allowedCidrs,
        policies,
        next);
  }

  public Listener withPolicies(List<L7Policy> next) {
    return new Listener(
        id,
        labels,
        adminStateUp,
        protocol,
        protocolPort,
        connectionLimit,
        defaultPool,
        tls,
        insertHeaders,
        timeouts,
        allowedCidrs,
        next,
        lifecycle);
  }

  public Listener withDefaultPool(@Nullable PoolId next) {
    return new Listener(
        id,
        labels,
        adminStateUp,
        protocol,
        protocolPort,
        connectionLimit,
        next,
        tls,
        insertHeaders,
        timeouts,
        allowedCidrs,
        policies,
        lifecycle);
  }
}
