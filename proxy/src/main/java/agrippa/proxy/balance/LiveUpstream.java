package agrippa.proxy.balance;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.EventLoop;
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

  private final AtomicLong turns = new AtomicLong();
  // Written by whoever holds this object's monitor, read by every loop.
  private volatile State state;

  /// @param tls how to encrypt connections to endpoints, or null; stays the caller's to close
  public LiveUpstream(Upstream plan, EventLoop.@Nullable TlsContext tls) {
    List<LiveEndpoint> endpoints = plan.endpoints().stream().map(LiveEndpoint::new).toList();
    state = state(plan, tls, endpoints, new StickyTable());
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
  /// @param client the client's address, in network order; not changed afterwards
  /// @param avoid an endpoint that could not be reached just now, chosen only if there is no
  ///     other
  /// @return null if no endpoint is usable
  public @Nullable LiveEndpoint choose(byte[] client, @Nullable LiveEndpoint avoid) {
    State now = state;
    if (!(now.plan.persistence() instanceof Persistence.SourceIp)) {
      return balance(now, client, avoid);
    }
    StickyTable.Key key = new StickyTable.Key(client);
    LiveEndpoint known = now.table.find(key, avoid);
    if (known != null) {
      return known;
    }
    LiveEndpoint chosen = balance(now, client, avoid);
    return chosen == null ? null : now.table.settle(key, chosen, avoid);
  }

  private @Nullable LiveEndpoint balance(State now, byte[] client, @Nullable LiveEndpoint avoid) {
    return now.balancer.choose(Hash.of(client), turns.getAndIncrement(), avoid);
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
    return state.table.find(StickyTable.Key.of(in, from, to), null);
  }

  /// Remembers that an endpoint's response set a cookie to this value.
  public void learn(LiveEndpoint endpoint, Buffer in, int from, int to) {
    state.table.put(StickyTable.Key.of(in, from, to), endpoint);
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
        endpoints.add(new LiveEndpoint(wanted));
      }
    }
    boolean samePersistence = Objects.equals(plan.persistence(), old.plan.persistence());
    state = state(plan, tls, endpoints, samePersistence ? old.table : new StickyTable());
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
        Balancer.of(plan.algorithm(), endpoints),
        table);
  }
}
