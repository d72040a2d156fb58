package agrippa.proxy.balance;

import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Balancing.Ejection;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Retries;
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
import java.util.function.BooleanSupplier;
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
  private final Later later;
  private final Runnable drained;
  private final AtomicLong turns = new AtomicLong();
  private final RetryBudget budget = new RetryBudget();
  // Written by whoever holds this object's monitor, read by every loop.
  private volatile State state;

  /// An upstream in the process's own network namespace, whose options need no time.
  ///
  /// @param tls how to encrypt connections to endpoints, or null; stays the caller's to close
  public LiveUpstream(Upstream plan, EventLoop.@Nullable TlsContext tls) {
    this(plan, tls, NetworkNamespace.OWN, Later.NEVER, () -> {});
  }

  /// @param tls how to encrypt connections to endpoints, or null; stays the caller's to close
  /// @param namespace where endpoints are reached; stays the caller's to close
  /// @param later what time brings, such as the end of a slow start
  /// @param drained called when an endpoint's time to drain is over; it must not wait for anybody
  public LiveUpstream(
      Upstream plan,
      EventLoop.@Nullable TlsContext tls,
      NetworkNamespace namespace,
      Later later,
      Runnable drained) {
    this.namespace = namespace;
    this.later = later;
    this.drained = drained;
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
    if (avoid == null && at.plan.options().balancing().retries().budget() != null) {
      budget.asked(now);
    }
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

  /// Whether persistence would send a client of this address to an endpoint that it remembers.
  boolean remembers(Client client, long now) {
    State at = state;
    return at.plan.persistence() instanceof Persistence.SourceIp persistence
        && at.table.find(key(persistence, client), now, null) != null;
  }

  /// Whether work that an endpoint failed at may be given to another one. It counts as if it were.
  ///
  /// @param tries that there were, the first one included
  /// @param now milliseconds on a clock that never goes back
  public boolean mayRetry(int tries, long now) {
    Retries rule = state.plan.options().balancing().retries();
    return tries <= rule.most() && (rule.budget() == null || budget.take(now, rule.budget()));
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
    List<LiveEndpoint> starting = new ArrayList<>();
    for (Endpoint wanted : plan.endpoints()) {
      LiveEndpoint endpoint = known.get(wanted.name());
      boolean served = endpoint != null && endpoint.plan().enabled();
      if (endpoint != null && endpoint.plan().address().equals(wanted.address())) {
        known.remove(wanted.name());
        replan(endpoint, wanted, plan.options().balancing());
      } else {
        endpoint = new LiveEndpoint(wanted, namespace);
        served = false;
      }
      endpoints.add(endpoint);
      if (!served) {
        starting.add(endpoint);
      }
    }
    starting.forEach(it -> start(it, endpoints, plan.options().balancing()));
    boolean samePersistence = Objects.equals(plan.persistence(), old.plan.persistence());
    state = state(plan, tls, endpoints, samePersistence ? old.table : table(plan.persistence()));
    known.values().forEach(it -> retire(it, plan.options().balancing()));
  }

  private void replan(LiveEndpoint endpoint, Endpoint wanted, Balancing how) {
    boolean served = takesWork(endpoint.plan());
    endpoint.plan(wanted);
    if (takesWork(wanted)) {
      endpoint.departure().cancel();
    } else if (served) {
      depart(endpoint, how);
    }
    if (how.ejection() == null && endpoint.ejected()) {
      endpoint.failures().readmit();
    }
  }

  private static boolean takesWork(Endpoint plan) {
    return plan.enabled() && plan.weight() > 0;
  }

  private void retire(LiveEndpoint endpoint, Balancing how) {
    endpoint.retire();
    if (endpoint.departure().stays()) {
      depart(endpoint, how);
    }
  }

  private void depart(LiveEndpoint endpoint, Balancing how) {
    endpoint.warmth().end();
    if (how.drain() != null) {
      endpoint.departure().begin(how.drain(), this::change, drained);
    }
  }

  /// An endpoint begins to serve; slowly, if others serve meanwhile.
  private void start(LiveEndpoint endpoint, List<LiveEndpoint> all, Balancing how) {
    boolean others = all.stream().anyMatch(it -> it != endpoint && it.usable());
    if (how.slowStart() != null && others && takesWork(endpoint.plan())) {
      endpoint.warmth().begin(how.slowStart(), this::change);
    }
  }

  /// Takes what a check found out about an endpoint.
  public synchronized void health(LiveEndpoint endpoint, boolean up) {
    boolean starts = up && !endpoint.up();
    endpoint.up(up);
    endpoint.warmth().end();
    if (starts) {
      start(endpoint, state.endpoints, state.plan.options().balancing());
    }
    rebuild();
  }

  /// Says that an endpoint did what it was asked for.
  public void succeeded(LiveEndpoint endpoint) {
    if (state.plan.options().balancing().ejection() != null) {
      endpoint.failures().succeeded();
    }
  }

  /// Says that an endpoint did not: it could not be reached, did not answer, or could not help.
  public void failed(LiveEndpoint endpoint) {
    Ejection rule = state.plan.options().balancing().ejection();
    if (rule != null && endpoint.failures().tooMany(rule)) {
      eject(endpoint, rule);
    }
  }

  private synchronized void eject(LiveEndpoint endpoint, Ejection rule) {
    List<LiveEndpoint> working =
        state.endpoints.stream().filter(it -> it.sound() && it.plan().weight() > 0).toList();
    long out = working.stream().filter(LiveEndpoint::ejected).count();
    if (endpoint.ejected() || !working.contains(endpoint) || (out + 1) * 2 > working.size()) {
      return;
    }
    endpoint
        .failures()
        .eject(
            rule,
            this::change,
            () -> start(endpoint, state.endpoints, state.plan.options().balancing()));
    rebuild();
  }

  private void change(Duration time, BooleanSupplier change) {
    later.in(time, () -> changeNow(change));
  }

  private synchronized void changeNow(BooleanSupplier change) {
    if (change.getAsBoolean()) {
      rebuild();
    }
  }

  private void rebuild() {
    State old = state;
    state = state(old.plan, old.tls, old.endpoints, old.table);
  }

  /// Says that no plan has this upstream any more.
  public synchronized void retire() {
    state.endpoints.forEach(it -> retire(it, state.plan.options().balancing()));
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
