package agrippa.proxy;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.kernel.Eligibility;
import agrippa.proxy.kernel.KernelPath;
import agrippa.proxy.kernel.KernelPath.Amount;
import agrippa.proxy.kernel.Service;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.stats.Tally;
import agrippa.proxy.transport.NetworkNamespace;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The frontends of a plan that the kernel balances. They listen as all others do: what the kernel
/// does not take, for want of endpoints for instance, they serve. Any thread may call it, but no
/// event loop's.
final class Shortcut {
  private static final System.Logger LOG = System.getLogger(Shortcut.class.getName());

  /// A frontend that the kernel can balance.
  private record Candidate(Frontend plan, List<InetSocketAddress> bound, Upstream upstream) {}

  private final Map<String, LiveFrontend> frontends;
  private final Map<String, WatchedUpstream> upstreams;
  private final int writer;
  private final KernelPath kernel;
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final Book book = new Book();
  // All guarded by `turn`.
  private List<Candidate> candidates = List.of();
  private Map<String, String> objections = Map.of();
  // Frontends of the plan that have or had connections through the kernel.
  private final Set<String> begun = new HashSet<>();
  private boolean over;

  /// @param frontends of the plan, by name, as they are at any time
  /// @param upstreams of the plan, by name, as they are at any time
  /// @param writer the number of its counters in a frontend's statistics
  Shortcut(
      NetworkNamespace namespace,
      Map<String, LiveFrontend> frontends,
      Map<String, WatchedUpstream> upstreams,
      int writer) {
    this.frontends = frontends;
    this.upstreams = upstreams;
    this.writer = writer;
    this.kernel = new KernelPath(namespace, System::nanoTime);
  }

  /// Does what a plan wants, after the proxy does.
  ///
  /// @param drainMillis longest time that connections of removed frontends may take to finish
  void replan(ProxyPlan plan, long drainMillis) {
    if (plan.namespace() == null && !asksForKernel(plan)) {
      return;
    }
    turn.lock();
    try {
      Map<String, String> objected = new HashMap<>();
      candidates =
          plan.frontends().stream()
              .filter(it -> it.options().path() == FrontendOptions.Path.KERNEL)
              .flatMap(it -> candidate(plan, it, objected).stream())
              .toList();
      objected.forEach(this::say);
      objections = objected;
      Map<String, Integer> gone = gone(plan);
      serve();
      begun.removeAll(gone.keySet());
      gone.values().forEach(it -> later(drainMillis, it));
    } finally {
      turn.unlock();
    }
  }

  private static boolean asksForKernel(ProxyPlan plan) {
    return plan.frontends().stream()
        .anyMatch(it -> it.options().path() == FrontendOptions.Path.KERNEL);
  }

  private Optional<Candidate> candidate(ProxyPlan plan, Frontend it, Map<String, String> objected) {
    Optional<String> objection = Eligibility.objection(plan, it);
    LiveFrontend live = frontends.get(it.name());
    if (objection.isPresent() || live == null || !live.serving()) {
      objection.ifPresent(why -> objected.put(it.name(), why));
      return Optional.empty();
    }
    return plan.upstreams().stream()
        .filter(upstream -> upstream.name().equals(it.defaultUpstream()))
        .findFirst()
        .map(upstream -> new Candidate(it, live.addresses(), upstream));
  }

  private void say(String frontend, String objection) {
    if (!objection.equals(objections.get(frontend))) {
      LOG.log(Level.INFO, "frontend {0} is served by the proxy, since {1}", frontend, objection);
    }
  }

  private Map<String, Integer> gone(ProxyPlan plan) {
    Set<String> left = new HashSet<>(begun);
    plan.frontends().forEach(it -> left.remove(it.name()));
    Map<String, Integer> gone = new HashMap<>();
    left.forEach(it -> kernel.mark(it).ifPresent(mark -> gone.put(it, mark)));
    return gone;
  }

  /// Looks again which endpoints are usable. Calls that come while one waits for its turn are one.
  void refresh() {
    if (asked.getAndSet(true)) {
      return;
    }
    turn.lock();
    try {
      asked.set(false);
      if (!candidates.isEmpty() && !over) {
        serve();
      }
    } finally {
      turn.unlock();
    }
  }

  private void serve() {
    List<Service> services = new ArrayList<>();
    for (Candidate it : candidates) {
      Set<String> usable = usable(it.upstream.name());
      services.add(Service.of(it.plan, it.bound, it.upstream, usable::contains));
      begun.add(it.plan.name());
    }
    kernel
        .serve(services, book)
        .filter(_ -> !candidates.isEmpty())
        .ifPresent(
            why -> LOG.log(Level.WARNING, "the proxy serves what the kernel cannot: {0}", why));
  }

  private Set<String> usable(String upstream) {
    Set<String> usable = new HashSet<>();
    WatchedUpstream live = upstreams.get(upstream);
    if (live != null) {
      live.live().endpoints().stream()
          .filter(LiveEndpoint::usable)
          .forEach(it -> usable.add(it.plan().name()));
    }
    return usable;
  }

  private void later(long drainMillis, int mark) {
    CompletableFuture.delayedExecutor(drainMillis, TimeUnit.MILLISECONDS).execute(() -> end(mark));
  }

  private void end(int mark) {
    turn.lock();
    try {
      if (over) {
        return;
      }
      kernel.end(mark);
      if (begun.isEmpty()) {
        kernel.remove();
      }
    } finally {
      turn.unlock();
    }
  }

  /// Adds what the kernel counted to the frontends' statistics.
  void count() {
    turn.lock();
    try {
      if (!over) {
        kernel.count(book);
      }
    } finally {
      turn.unlock();
    }
  }

  /// Takes everything out of the kernel.
  void remove() {
    turn.lock();
    try {
      over = true;
      kernel.remove();
    } finally {
      turn.unlock();
    }
  }

  /// Leaves the kernel as it is: it goes on while this process does not.
  void leave() {
    turn.lock();
    try {
      over = true;
    } finally {
      turn.unlock();
    }
  }

  /// Writes down what the kernel counted. Used in turn.
  private final class Book implements KernelPath.Ledger {
    // What was written down as opened less what was as closed, by name.
    private final Map<String, Long> open = new HashMap<>();

    @Override
    public void add(String frontend, Amount amount) {
      FrontendStats.Local stats = local(frontend);
      if (stats != null) {
        stats.bytesIn(amount.bytesIn());
        stats.bytesOut(amount.bytesOut());
        stats.connectionsOpened(amount.opened());
        open.merge(frontend, amount.opened(), Long::sum);
      }
    }

    @Override
    public void add(String frontend, String upstream, String server, Amount amount) {
      FrontendStats.Local stats = local(frontend);
      if (stats != null) {
        Tally tally = stats.upstream(upstream).endpoint(server);
        tally.count(Count.BYTES_IN, amount.bytesIn());
        tally.count(Count.BYTES_OUT, amount.bytesOut());
        tally.count(Count.OPENED, amount.opened());
        tally.count(Count.ATTEMPTS, amount.opened());
        open.merge(key(frontend, upstream, server), amount.opened(), Long::sum);
      }
    }

    @Override
    public void open(String frontend, int now) {
      FrontendStats.Local stats = local(frontend);
      if (stats != null) {
        stats.connectionsClosed(closed(frontend, now));
      }
    }

    @Override
    public void open(String frontend, String upstream, String server, int now) {
      FrontendStats.Local stats = local(frontend);
      if (stats != null) {
        stats
            .upstream(upstream)
            .endpoint(server)
            .count(Count.CLOSED, closed(key(frontend, upstream, server), now));
      }
    }

    /// Connections of an earlier process were never opened here, and are not open either.
    private long closed(String name, int now) {
      long before = open.getOrDefault(name, 0L);
      open.put(name, Math.min(before, now));
      return Math.max(0, before - now);
    }

    private static String key(String frontend, String upstream, String server) {
      return String.join("/", frontend, upstream, server);
    }

    private FrontendStats.@Nullable Local local(String frontend) {
      LiveFrontend live = frontends.get(frontend);
      return live == null ? null : live.stats().local(writer);
    }
  }
}
