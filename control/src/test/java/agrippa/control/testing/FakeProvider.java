package agrippa.control.testing;

import agrippa.control.spi.Capability;
import agrippa.control.spi.Capability.Type;
import agrippa.control.spi.Objection;
import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Provider;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.Shelf;
import agrippa.model.Statistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Moves no packets, but remembers what it was told to match.
public final class FakeProvider implements Provider {
  private final Map<LoadBalancerId, LoadBalancerTree> world = new ConcurrentHashMap<>();
  private final Map<LoadBalancerId, ProfileSettings> settings = new ConcurrentHashMap<>();
  private final Map<MemberId, OperatingStatus> health = new ConcurrentHashMap<>();
  private final Map<ListenerId, Statistics> traffic = new ConcurrentHashMap<>();
  private final Set<ListenerId> full = ConcurrentHashMap.newKeySet();
  private final List<Consumer<LoadBalancerId>> listeners = new ArrayList<>();
  private volatile Function<LoadBalancerTree, Outcome> outcome =
      tree -> new Outcome.Converged(Map.of());
  private volatile Function<LoadBalancerTree, Optional<String>> veto = tree -> Optional.empty();
  private volatile Runnable beforeWrites = () -> {};
  private volatile Runnable afterWrites = () -> {};
  private int convergences;

  /// The trees that the world matches.
  public Map<LoadBalancerId, LoadBalancerTree> world() {
    return world;
  }

  public synchronized int convergences() {
    return convergences;
  }

  /// What becomes of converging; what it throws is thrown.
  public void outcome(Function<LoadBalancerTree, Outcome> next) {
    outcome = next;
  }

  public void works() {
    outcome(tree -> new Outcome.Converged(Map.of()));
  }

  public void fails(String reason) {
    outcome(tree -> new Outcome.Failed(reason));
  }

  public void veto(Function<LoadBalancerTree, Optional<String>> next) {
    veto = next;
  }

  /// Runs before the world changes; what it throws is thrown.
  public void beforeWrites(Runnable action) {
    beforeWrites = action;
  }

  /// Runs after the world changed; what it throws is thrown.
  public void afterWrites(Runnable action) {
    afterWrites = action;
  }

  /// The data plane was restarted, and knows nothing.
  public void forget() {
    world.clear();
    traffic.clear();
  }

  /// What health checks say of a member from now on.
  public void health(MemberId member, OperatingStatus status) {
    health.put(member, status);
  }

  public void full(ListenerId listener) {
    full.add(listener);
  }

  public void traffic(ListenerId listener, Statistics statistics) {
    traffic.put(listener, statistics);
  }

  /// Tells those who listen.
  public void news(LoadBalancerId id) {
    listeners.forEach(it -> it.accept(id));
  }

  @Override
  public Optional<Objection> vet(LoadBalancerTree tree, @Nullable LoadBalancerTree before) {
    return veto.apply(tree).map(Objection.Unsupported::new);
  }

  @Override
  public List<Capability> capabilities(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS ->
          List.of(
              new Capability("size", "How large.", new Type.Choice(List.of("LARGE", "SMALL"))),
              new Capability("limit", "How many.", new Type.Integer(0)),
              new Capability("image", "Which one.", new Type.Text()));
      case AVAILABILITY_ZONES ->
          List.of(
              new Capability("zone", "Where.", new Type.Text()),
              new Capability("valid_vip_networks", "Where VIPs are.", new Type.Texts()));
    };
  }

  /// What was last said of the profiles of a load balancer.
  public ProfileSettings settings(LoadBalancerId id) {
    return settings.getOrDefault(id, ProfileSettings.NONE);
  }

  @Override
  public Outcome converge(LoadBalancerTree tree, ProfileSettings said) {
    synchronized (this) {
      convergences++;
    }
    beforeWrites.run();
    settings.put(tree.id(), said);
    var result = outcome.apply(tree);
    if (result instanceof Outcome.Converged) {
      world.put(tree.id(), tree);
    }
    afterWrites.run();
    return result;
  }

  @Override
  public void remove(LoadBalancerId id) {
    beforeWrites.run();
    world.remove(id);
    afterWrites.run();
  }

  @Override
  public Optional<Observation> observe(LoadBalancerId id) {
    return Optional.ofNullable(world.get(id)).map(this::observe);
  }

  private Observation observe(LoadBalancerTree tree) {
    var states = new LinkedHashMap<ListenerId, ListenerState>();
    var pools = new HashSet<PoolId>();
    var members = new HashMap<MemberId, OperatingStatus>();
    if (!tree.loadBalancer().adminStateUp()) {
      return new Observation(Map.of(), Set.of(), Map.of());
    }
    for (var listener : tree.listeners()) {
      if (listener.adminStateUp()) {
        states.put(listener.id(), state(listener));
        tree.pools().stream()
            .filter(it -> it.adminStateUp() && tree.listenersUsing(it.id()).contains(listener))
            .forEach(it -> observe(it, pools, members));
      }
    }
    return new Observation(states, pools, members);
  }

  private ListenerState state(Listener listener) {
    return new ListenerState(
        full.contains(listener.id()), traffic.getOrDefault(listener.id(), Statistics.ZERO));
  }

  private void observe(Pool pool, Set<PoolId> pools, Map<MemberId, OperatingStatus> members) {
    pools.add(pool.id());
    pool.members().forEach(it -> members.put(it.id(), status(pool, it)));
  }

  private OperatingStatus status(Pool pool, Member member) {
    if (!member.adminStateUp()) {
      return OperatingStatus.OFFLINE;
    }
    var monitor = pool.monitor();
    if (monitor == null || !monitor.adminStateUp()) {
      return OperatingStatus.NO_MONITOR;
    }
    return health.getOrDefault(member.id(), OperatingStatus.ONLINE);
  }

  @Override
  public void onChange(Consumer<LoadBalancerId> listener) {
    listeners.add(listener);
  }
}
