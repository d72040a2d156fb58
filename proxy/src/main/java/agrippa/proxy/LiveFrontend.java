package agrippa.proxy;

import agrippa.proxy.plan.Frontend;
import agrippa.proxy.session.FrontendSnapshot;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final List<Acceptor> acceptors = new ArrayList<>();
  // Where it listens, by the planned address.
  private final Map<InetSocketAddress, InetSocketAddress> bound = new LinkedHashMap<>();
  private volatile Settings settings;
  private volatile boolean serving;

  LiveFrontend(List<Worker> workers, FrontendStats stats, Settings settings) {
    this.workers = workers;
    this.stats = stats;
    this.settings = settings;
    this.gate = new Gate(settings.plan().connectionLimit());
    workers.forEach(worker -> acceptors.add(new Acceptor(worker, this)));
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
      onEach(Acceptor::drainClients);
    }
    if (old.plan().connectionLimit() != next.plan().connectionLimit()) {
      gate.limit(next.plan().connectionLimit());
      placeFree();
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
      workers.get(i).loop().execute(acceptors.get(i)::placeFree);
    }
  }

  /// Stops listening where the plan does not want it any more.
  void unbind(List<InetSocketAddress> wanted) {
    for (InetSocketAddress planned : List.copyOf(bound.keySet())) {
      if (!wanted.contains(planned)) {
        bound.remove(planned);
        onEach(acceptor -> acceptor.unlisten(planned));
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
    FreeAddress.check(planned);
    // Loops share the address: if the first one found a free port, the others take the same.
    InetSocketAddress at = planned;
    try {
      for (int i = 0; i < workers.size(); i++) {
        Acceptor acceptor = acceptors.get(i);
        InetSocketAddress next = at;
        at = workers.get(i).call(() -> acceptor.listen(planned, next));
      }
    } catch (IOException e) {
      onEach(acceptor -> acceptor.unlisten(planned));
      throw e;
    }
    bound.put(planned, at);
    serving = true;
    return at;
  }

  /// Stops listening at once and lets clients finish.
  void close(long drainMillis) {
    bound.clear();
    onEach(acceptor -> acceptor.close(drainMillis));
  }

  /// Ends everything at once.
  void abort() {
    onEach(
        acceptor -> {
          acceptor.close(0);
          acceptor.abortClients();
        });
  }

  private void onEach(Consumer<Acceptor> action) {
    for (int i = 0; i < workers.size(); i++) {
      Acceptor acceptor = acceptors.get(i);
      workers.get(i).run(() -> action.accept(acceptor));
    }
  }
}
