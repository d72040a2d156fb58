package agrippa.proxy.balance;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.NetworkNamespace;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An upstream as it is now: chooses endpoints for sessions on all loops at once. Outlives plans:
/// turns and what persistence remembers survive changes of plan and health.
public final class LiveUpstream {
  /// Everything that a choice needs, published as one.
  private record State(
      Upstream plan,
      EventLoop.@Nullable TlsContext tls,
      List<LiveEndpoint> endpoints,
      EndpointNames names,
      Balancer balancer,
      StickyTable table) {}

  /// The time of tables that remember for ever.
  private static final long UNTIMED = 0;

  private final NetworkNamespace namespace;
  private final AtomicLong turns = new AtomicLong();
  // Written by whoever holds this object's monitor, read by every loop.
  private volatile State state;

  /// An upstream in the process's own network namespace.
  ///
  /// @param tls how to encrypt connections to endpoints, or null; stays the caller's to close
  public LiveUpstream(Upstream plan, EventLoop.@Nullable TlsContext tls) {
    this(plan, tls, NetworkNamespace.OWN);
  }

  /// @param tls how to encrypt connections to endpoints, or null; stays the caller's to close
  /// @param namespace where endpoints are reached; stays the caller's to close
  public LiveUpstream(
      Upstream plan, EventLoop.@Nullable TlsContext tls, NetworkNamespace namespace) {
    this.namespace = namespace;
    List<LiveEndpoint> endpoints =
        plan.endpoints().stream().map(it -> new LiveEndpoint(it, namespace)).toList();
    state = state(plan, tls, endpoints, table(plan.persistence()));
  }

  /// Its current settings.
  public Upstream plan() {
    return state.plan;
  }

  /// How to encrypt connections to endpoints, or null. Use it in the turn of the loop in which it
  /// was asked for: it is closed some time after a plan replaced it.
  public EventLoop.@Nullable TlsContext tls() {
    return state.tls;
  }

  /// In plan order.
  public List<LiveEndpoint> endpoints() {
    return state.endpoints;
  }

  /// Where new work goes: where the client's address was sent before, if persistence wants that,
  /// else where the algorithm says.
  ///
  /// @param now milliseconds on a clock that never goes back
  /// @param avoid an endpoint that could not be reached just now, chosen only if there is no
  ///     other
  /// @return null if no endpoint is usable
  public @Nullable LiveEndpoint choose(Client client, long now, @Nullable LiveEndpoint avoid) {
    State at = state;
    if (!(at.plan.persistence() instanceof Persistence.SourceIp persistence)) {
      return balance(at, client, avoid);
    }
    StickyTable.Key key = key(persistence, client);
    LiveEndpoint known = at.table.find(key, now, avoid);
    if (known != null) {
      return known;
    }
    LiveEndpoint chosen = balance(at, client, avoid);
    return chosen == null ? null : at.table.settle(key, chosen, now, avoid);
  }

  private @Nullable LiveEndpoint balance(State at, Client client, @Nullable LiveEndpoint avoid) {
    long hash =
        at.plan.algorithm() == Upstream.Algorithm.SOURCE_IP_PORT
            ? Hash.of(client.address(), client.port())
            : Hash.of(client.address());
    return at.balancer.choose(hash, turns.getAndIncrement(), avoid);
  }

  /// Says that a client which was sent to an endpoint is still there: persistence that forgets
  /// those it does not hear of need not forget this one yet.
  public void heard(Client client, LiveEndpoint endpoint, long now) {
    State at = state;
    if (at.plan.persistence() instanceof Persistence.SourceIp persistence
        && persistence.timeout() != null) {
      at.table.keep(key(persistence, client), endpoint, now);
    }
  }

  private static StickyTable.Key key(Persistence.SourceIp persistence, Client client) {
    InetAddress granularity = persistence.granularity();
    byte[] mask = granularity == null ? new byte[0] : granularity.getAddress();
    byte[] address = client.address();
    if (mask.length != address.length) {
      return new StickyTable.Key(address);
    }
    for (int i = 0; i < mask.length; i++) {
      mask[i] &= address[i];
    }
    return new StickyTable.Key(mask);
  }

  private static StickyTable table(@Nullable Persistence persistence) {
    return persistence instanceof Persistence.SourceIp(Duration timeout, _) && timeout != null
        ? new StickyTable(timeout.toMillis())
        : new StickyTable(StickyTable.FOREVER);
  }

  /// The endpoint that an inserted cookie's value, the bytes from `from` to `to`, names; null if
  /// there is none or it is not usable. Weight does not matter.
  public @Nullable LiveEndpoint named(Buffer in, int from, int to) {
    LiveEndpoint endpoint = state.names.find(in, from, to);
    return endpoint != null && endpoint.usable() ? endpoint : null;
  }

  /// The endpoint that a cookie's value was learnt from; null if there is none or it is not usable.
  /// Weight does not matter. Only the first 64 bytes of the value count.
  public @Nullable LiveEndpoint learnt(Buffer in, int from, int to) {
    return state.table.find(StickyTable.Key.of(in, from, to), UNTIMED, null);
  }

  /// Remembers that an endpoint's response set a cookie to this value.
  public void learn(LiveEndpoint endpoint, Buffer in, int from, int to) {
    state.table.put(StickyTable.Key.of(in, from, to), endpoint, UNTIMED);
  }

  /// Becomes what another plan wants. Endpoints keep their state if name and address stay; the
  /// others are retired.
  public synchronized void update(Upstream plan, EventLoop.@Nullable TlsContext tls) {
    State old = state;
    Map<String, LiveEndpoint> known =
        old.endpoints.stream().collect(Collectors.toMap(e -> e.plan().name(), Function.identity()));
    List<LiveEndpoint> endpoints = new ArrayList<>();
    for (Endpoint wanted : plan.endpoints()) {
      LiveEndpoint endpoint = known.get(wanted.name());
      if (endpoint != null && endpoint.plan().address().equals(wanted.address())) {
        known.remove(wanted.name());
        endpoint.plan(wanted);
        endpoints.add(endpoint);
      } else {
        endpoints.add(new LiveEndpoint(wanted, namespace));
      }
    }
    boolean samePersistence = Objects.equals(plan.persistence(), old.plan.persistence());
    state = state(plan, tls, endpoints, samePersistence ? old.table : table(plan.persistence()));
    known.values().forEach(LiveEndpoint::retire);
  }

  /// Takes what a check found out about an endpoint.
  public synchronized void health(LiveEndpoint endpoint, boolean up) {
    endpoint.up(up);
    State old = state;
    state = state(old.plan, old.tls, old.endpoints, old.table);
  }

  /// Says that no plan has this upstream any more.
  public synchronized void retire() {
    state.endpoints.forEach(LiveEndpoint::retire);
  }

  private static State state(
      Upstream plan,
      EventLoop.@Nullable TlsContext tls,
      List<LiveEndpoint> endpoints,
      StickyTable table) {
    return new State(
        plan,
        tls,
        List.copyOf(endpoints),
        new EndpointNames(endpoints),
        Balancer.of(plan, endpoints),
        table);
  }
}
