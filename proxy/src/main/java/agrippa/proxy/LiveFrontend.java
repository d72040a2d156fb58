package agrippa.proxy;

import agrippa.proxy.plan.Frontend;
import agrippa.proxy.session.FrontendSnapshot;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A frontend as it is now: outlives plans as long as they have a frontend of its name. Only
/// [ProxyServer] changes it, one call at a time; loops read its settings.
final class LiveFrontend {
  /// @param tls how TLS is ended, or null
  record Settings(FrontendSnapshot snapshot, EventLoop.@Nullable TlsContext tls) {
    Frontend plan() {
      return snapshot.plan();
    }
  }

  private final FrontendStats stats;
  private final Gate gate;
  private final List<Worker> workers;
  private final NetworkNamespace namespace;
  private final List<Intake> intakes = new ArrayList<>();
  // Where it listens, by the planned address.
  private final Map<InetSocketAddress, InetSocketAddress> bound = new LinkedHashMap<>();
  private volatile Settings settings;
  private volatile boolean serving;

  LiveFrontend(
      List<Worker> workers, NetworkNamespace namespace, FrontendStats stats, Settings settings) {
    this.workers = workers.stream().filter(it -> it.serves(settings.plan().mode())).toList();
    this.namespace = namespace;
    this.stats = stats;
    this.settings = settings;
    this.gate = new Gate(settings.plan().connectionLimit());
    this.workers.forEach(worker -> intakes.add(intake(worker)));
  }

  private Intake intake(Worker worker) {
    return switch (settings.plan().mode()) {
      case TCP, HTTP -> new Acceptor(worker, this);
      case UDP -> new Receiver(worker, this);
      case SCTP -> new AssociationAcceptor(worker, this);
    };
  }

  /// Whether a frontend as planned can take this one's place while it runs: only bytes of TCP and
  /// HTTP come by the same kind of socket.
  boolean becomes(Frontend plan) {
    return byTcp(settings.plan()) ? byTcp(plan) : settings.plan().mode() == plan.mode();
  }

  private static boolean byTcp(Frontend plan) {
    return switch (plan.mode()) {
      case TCP, HTTP -> true;
      case UDP, SCTP -> false;
    };
  }

  Settings settings() {
    return settings;
  }

  FrontendSnapshot snapshot() {
    return settings.snapshot;
  }

  /// Whether it listens anywhere.
  boolean serving() {
    return serving;
  }

  /// Where it listens. Not while that changes.
  List<InetSocketAddress> addresses() {
    return List.copyOf(bound.values());
  }

  FrontendStats stats() {
    return stats;
  }

  Gate gate() {
    return gate;
  }

  /// Takes other settings: connections go on and see them at their next request, unless the way of
  /// speaking changed (mode, TLS or none), which old connections cannot follow: these are drained.
  void update(Settings next) {
    Settings old = settings;
    settings = next;
    if (old.plan().mode() != next.plan().mode() || (old.tls == null) != (next.tls == null)) {
      onEach(Intake::drainClients);
    }
    if (old.plan().connectionLimit() != next.plan().connectionLimit()) {
      gate.limit(next.plan().connectionLimit());
      placeFree();
    }
    if (next.plan().mode() == Frontend.Mode.UDP) {
      onEach(Intake::replanned);
    }
  }

  /// Keeps no counts of upstreams and endpoints that the plan has no more.
  void forgetWhatIsGone() {
    Map<String, Set<String>> present = new HashMap<>();
    snapshot()
        .upstreams()
        .forEach(
            (name, upstream) ->
                present.put(
                    name,
                    upstream.endpoints().stream()
                        .map(it -> it.plan().name())
                        .collect(Collectors.toUnmodifiableSet())));
    stats.retain(present);
  }

  /// Lets waiting clients in, on every loop. Any thread may call it.
  void placeFree() {
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).loop().execute(intakes.get(i)::placeFree);
    }
  }

  /// Ends what is under way with endpoints whose time to drain is over, on every loop, soon. Any
  /// thread may call it.
  void drained() {
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).loop().execute(intakes.get(i)::drained);
    }
  }

  /// Stops listening where the plan does not want it any more.
  void unbind(List<InetSocketAddress> wanted) {
    for (InetSocketAddress planned : List.copyOf(bound.keySet())) {
      if (!wanted.contains(planned)) {
        bound.remove(planned);
        onEach(intake -> intake.unlisten(planned));
      }
    }
    serving = !bound.isEmpty();
  }

  /// Listens at an address, if it does not already.
  ///
  /// @throws IOException if that is not possible; then no loop listens there
  InetSocketAddress bind(InetSocketAddress planned) throws IOException {
    InetSocketAddress known = bound.get(planned);
    if (known != null) {
      return known;
    }
    if (workers.isEmpty()) {
      throw new IOException("this machine does not speak " + settings.plan().mode());
    }
    namespace.within(() -> checkFree(planned));
    // Loops share the address: if the first one found a free port, the others take the same.
    InetSocketAddress at = planned;
    try {
      for (int i = 0; i < workers.size(); i++) {
        Intake intake = intakes.get(i);
        InetSocketAddress next = at;
        at = workers.get(i).call(() -> listen(intake, planned, next));
      }
    } catch (IOException e) {
      onEach(intake -> intake.unlisten(planned));
      throw e;
    }
    bound.put(planned, at);
    serving = true;
    return at;
  }

  private InetSocketAddress checkFree(InetSocketAddress planned) throws IOException {
    switch (settings.plan().mode()) {
      case TCP, HTTP -> FreeAddress.check(planned);
      case UDP -> FreeAddress.checkDatagrams(planned);
      // One loop listens, and shares the address with nobody.
      case SCTP -> {}
    }
    return planned;
  }

  private InetSocketAddress listen(Intake intake, InetSocketAddress planned, InetSocketAddress at)
      throws IOException {
    namespace.enter();
    try {
      return intake.listen(planned, at);
    } finally {
      namespace.leave();
    }
  }

  /// Stops listening at once and lets clients finish.
  void close(long drainMillis) {
    bound.clear();
    onEach(intake -> intake.close(drainMillis));
  }

  /// When all clients have left, after [#close].
  List<CompletableFuture<Void>> left() {
    List<CompletableFuture<Void>> left = new ArrayList<>();
    onEach(
        intake -> {
          CompletableFuture<Void> each = new CompletableFuture<>();
          left.add(each);
          intake.whenLeft(() -> each.complete(null));
        });
    return left;
  }

  /// Ends everything at once.
  void abort() {
    onEach(
        intake -> {
          intake.close(0);
          intake.abortClients();
        });
  }

  private void onEach(Consumer<Intake> action) {
    for (int i = 0; i < workers.size(); i++) {
      Intake intake = intakes.get(i);
      workers.get(i).run(() -> action.accept(intake));
    }
  }
}
