package agrippa.proxy;

import agrippa.proxy.health.HealthChecker;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.journal.Journals;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.session.HttpLoop;
import agrippa.proxy.tls.TlsEngine;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.NetworkNamespace;
import agrippa.proxy.transport.Transport;
import agrippa.proxy.transport.nio.NioAssociations;
import agrippa.proxy.transport.nio.NioLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Serves any number of plans in one process. Calls come from any thread but the event loops' and
/// may block for some milliseconds, never on a peer.
public final class ProxyServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ProxyServer.class.getName());

  /// Entries of one loop that may wait to be read: those of some 20 ms at full load.
  private static final int JOURNAL_ROOM = 4_096;

  private final ProxySettings settings;
  private final TlsEngine engine;
  private final HealthChecker checker;
  private final List<Worker> workers;
  private final Journals journals;
  private final ReportDesk desk = new ReportDesk();
  private final Map<String, LivePlan> plans = new ConcurrentHashMap<>();
  private final List<Consumer<String>> healthListeners = new CopyOnWriteArrayList<>();
  // Changes happen one at a time: addresses are shared by all plans.
  private final ReentrantLock change = new ReentrantLock();
  private boolean closed;

  private ProxyServer(
      ProxySettings settings, TlsEngine engine, HealthChecker checker, List<Worker> workers) {
    this.settings = settings;
    this.engine = engine;
    this.checker = checker;
    this.workers = workers;
    this.journals = new Journals(workers.stream().map(it -> it.http().journal()).toList());
  }

  /// @throws UncheckedIOException if the system refuses what an event loop needs
  /// @param clock dates what reports tell
  /// @param random makes TLS secrets, and spreads health checks
  public static ProxyServer start(
      ProxySettings settings, InstantSource clock, SecureRandom random) {
    Transport transport = transport(settings.transport());
    TlsEngine engine = engine(settings.tls(), clock, random);
    int mostFlows = Math.ceilDiv(settings.flows(), settings.loops());
    List<Worker> workers = new ArrayList<>();
    try {
      for (int i = 0; i < settings.loops(); i++) {
        EventLoop loop = transport.start("loop-" + i);
        workers.add(new Worker(i, loop, shared(loop, clock, random), mostFlows, null));
      }
      if (missingForSctp().isEmpty()) {
        NioLoop loop = NioLoop.start("loop-sctp");
        HttpLoop shared = shared(loop, clock, random);
        workers.add(new Worker(settings.loops(), loop, shared, 0, new NioAssociations(loop)));
      }
    } catch (IOException e) {
      workers.forEach(worker -> worker.loop().close());
      engine.close();
      throw new UncheckedIOException("cannot start an event loop", e);
    }
    LOG.log(Level.INFO, "{0} loops on {1}, {2}", settings.loops(), transport, engine.name());
    return new ProxyServer(
        settings,
        engine,
        HealthChecker.start(System::nanoTime, clock, random, settings.probes()),
        List.copyOf(workers));
  }

  private static HttpLoop shared(EventLoop loop, InstantSource clock, SecureRandom random) {
    return new HttpLoop(
        loop, new Journal(loop::now, clock, new SplittableRandom(random.nextLong()), JOURNAL_ROOM));
  }

  /// Why this machine does not speak SCTP, for people, or nothing if it does: frontends of it can
  /// be served.
  public static Optional<String> missingForSctp() {
    return NioAssociations.missing();
  }

  private static Transport transport(ProxySettings.TransportKind kind) {
    return switch (kind) {
      case BEST -> Transport.best();
      case EPOLL -> Transport.EPOLL;
      case NIO -> Transport.NIO;
    };
  }

  private static TlsEngine engine(
      ProxySettings.TlsKind kind, InstantSource clock, SecureRandom random) {
    return switch (kind) {
      case BEST -> TlsEngine.best(clock, random);
      case OPENSSL ->
          TlsEngine.openssl(clock, random)
              .orElseThrow(() -> new IllegalStateException("OpenSSL 3 is not on this machine"));
      case JDK -> TlsEngine.jdk(random);
    };
  }

  /// Makes the world match the plan: binds what is new, swaps snapshots, drains what is gone.
  /// Applying the same plan again changes nothing but tries again what failed. Hitless: a change
  /// never drops or delays a connection that it does not concern.
  public ApplyResult apply(ProxyPlan plan) {
    change.lock();
    try {
      if (closed) {
        throw new IllegalStateException("closed");
      }
      return live(plan).apply(plan, settings.drain().toMillis());
    } catch (IOException e) {
      Map<String, ApplyResult.Outcome> outcomes = new LinkedHashMap<>();
      plan.frontends()
          .forEach(
              it ->
                  outcomes.put(
                      it.name(), new ApplyResult.NotBound(String.valueOf(e.getMessage()))));
      return new ApplyResult(outcomes);
    } finally {
      change.unlock();
    }
  }

  /// The plan of this name in its network namespace. Sockets cannot move from one to another, so a
  /// plan that does starts anew.
  private LivePlan live(ProxyPlan plan) throws IOException {
    LivePlan known = plans.get(plan.name());
    if (known != null && known.namespace().isAt(plan.namespace())) {
      return known;
    }
    NetworkNamespace namespace = NetworkNamespace.open(plan.namespace());
    if (known != null) {
      known.leaveKernel();
      known.abort();
      close(known.namespace());
    }
    LivePlan fresh =
        new LivePlan(namespace, workers, engine, checker, desk, () -> healthChanged(plan.name()));
    plans.put(plan.name(), fresh);
    return fresh;
  }

  /// Drains everything of the plan of this name; nothing happens if there is none.
  public void remove(String planName) {
    change.lock();
    try {
      LivePlan gone = plans.remove(planName);
      if (gone != null && !closed) {
        gone.leaveKernel();
        gone.apply(new ProxyPlan(planName, List.of(), List.of()), settings.drain().toMillis());
        close(gone.namespace());
      }
    } finally {
      change.unlock();
    }
  }

  /// Endpoints of a plan that has gone are retired; after the turn that each loop is in, none
  /// enters the namespace any more.
  private void close(NetworkNamespace namespace) {
    workers.forEach(worker -> worker.run(() -> {}));
    namespace.close();
  }

  /// What the plan of this name is doing; empty if there is none.
  public Optional<ProxyReport> observe(String planName) {
    return Optional.ofNullable(plans.get(planName)).map(LivePlan::report);
  }

  /// What the plan of this name counts and knows, in more detail; empty if there is none.
  public Optional<PlanMeter> measure(String planName) {
    return Optional.ofNullable(plans.get(planName)).map(LivePlan::meter);
  }

  /// Names of the plans at work, in no particular order.
  public List<String> plans() {
    return List.copyOf(plans.keySet());
  }

  /// What was served, as far as plans want it written down. If nobody reads, it is dropped.
  public Journals journals() {
    return journals;
  }

  /// Has somebody write the pages that plans report with. Without this, and until then, they are
  /// 503.
  public void reporter(Reporter reporter) {
    desk.reporter(reporter);
  }

  /// Calls the listener with a plan's name each time that an endpoint of it went up or down; never
  /// on an event loop. It must not block for long.
  public void onHealthChange(Consumer<String> listener) {
    healthListeners.add(listener);
  }

  private void healthChanged(String planName) {
    healthListeners.forEach(listener -> listener.accept(planName));
  }

  /// Whether every event loop does what it is told.
  ///
  /// @param patience how long they may take for it together
  /// @return what is wrong, or nothing
  public Optional<String> complaint(Duration patience) {
    List<CompletableFuture<Void>> turns = new ArrayList<>();
    for (Worker worker : workers) {
      try {
        turns.add(CompletableFuture.runAsync(() -> {}, worker.loop()));
      } catch (RejectedExecutionException e) {
        return Optional.of("loop " + worker.index() + " has ended");
      }
    }
    boolean answered = within(patience, turns);
    for (int i = 0; !answered && i < turns.size(); i++) {
      if (!turns.get(i).isDone()) {
        return Optional.of("loop " + i + " does not answer");
      }
    }
    return Optional.empty();
  }

  /// Stops listening everywhere and lets clients finish what they are at; returns when they have,
  /// or when time is over. What is left is for [#close].
  public void drain(Duration longest) {
    List<CompletableFuture<Void>> left;
    change.lock();
    try {
      left = plans.values().stream().flatMap(it -> it.leave(longest.toMillis()).stream()).toList();
    } finally {
      change.unlock();
    }
    if (!within(longest, left)) {
      LOG.log(Level.INFO, "connections that took longer than {0} are ended", longest);
    }
  }

  private static boolean within(Duration patience, List<CompletableFuture<Void>> all) {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a loop broke", e);
    }
  }

  /// Ends everything at once, but for what the kernel balances by itself: that goes on.
  @Override
  public void close() {
    change.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      checker.close();
      plans.values().forEach(LivePlan::abort);
      plans.values().forEach(it -> it.namespace().close());
      plans.clear();
      workers.forEach(worker -> worker.run(worker.http()::close));
      workers.forEach(worker -> worker.loop().close());
      desk.close();
      engine.close();
    } finally {
      change.unlock();
    }
  }
}
