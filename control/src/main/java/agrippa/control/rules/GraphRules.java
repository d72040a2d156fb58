package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Change.CreateLoadBalancer;
import agrippa.control.Change.L7PolicyGraph;
import agrippa.control.Change.ListenerGraph;
import agrippa.control.Change.PoolGraph;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.HealthMonitor;
import agrippa.model.HealthMonitorId;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.ProjectId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Load balancers that are created with all that belongs to them. Pools are found by their names;
/// those defined inside listeners and policies are hoisted, and all are made before the listeners.
final class GraphRules {
  private final Terms terms;
  private final ProjectId project;
  private final PoolRules pools;
  private final MemberRules members;
  private final HealthMonitorRules monitors;
  private final ListenerRules listeners;
  private final L7PolicyRules policies;
  private final L7RuleRules rules;
  // What quotas must leave room for, as far as the graph has been read.
  private final Map<Countable, Integer> wanted = new EnumMap<>(Countable.class);

  GraphRules(Terms terms, ProjectId project) {
    this.terms = terms;
    this.project = project;
    this.pools = new PoolRules(terms);
    this.members = new MemberRules(terms);
    this.monitors = new HealthMonitorRules(terms);
    this.listeners = new ListenerRules(terms);
    this.policies = new L7PolicyRules(terms);
    this.rules = new L7RuleRules(terms);
  }

  /// What belongs to a new load balancer.
  record Parts(List<Listener> listeners, List<Pool> pools) {}

  Parts build(CreateLoadBalancer graph, VipFacts vips) {
    var byName = new HashMap<String, Pool>();
    var definitions = definitions(graph);
    requireRoom(Countable.POOL, definitions.size());
    var built = definitions.stream().map(this::pool).toList();
    built.forEach(pool -> byName.put(pool.labels().name(), pool));
    requireRoom(Countable.LISTENER, graph.listeners().size());
    var made = new ArrayList<Listener>();
    for (var listener : graph.listeners()) {
      made.add(listener(listener, byName, made, vips));
    }
    return new Parts(made, built);
  }

  private void requireRoom(Countable kind, int more) {
    int all = wanted.merge(kind, more, Integer::sum);
    terms.requireRoom(project, kind, all);
  }

  private static List<PoolGraph> definitions(CreateLoadBalancer graph) {
    var mentioned = graph.listeners().stream().flatMap(GraphRules::mentioned).toList();
    Stream.concat(graph.pools().stream(), mentioned.stream())
        .filter(it -> name(it).isEmpty())
        .findFirst()
        .ifPresent(
            it -> {
              throw invalid("Pools must be named when creating a fully populated loadbalancer.");
            });
    var definitions =
        Stream.concat(graph.pools().stream(), mentioned.stream().filter(it -> !it.reference()))
            .toList();
    var names = definitions.stream().map(GraphRules::name).toList();
    if (names.stream().distinct().count() != names.size()) {
      throw invalid("Pool names must be unique when creating a fully populated loadbalancer.");
    }
    for (var one : mentioned) {
      if (!names.contains(name(one))) {
        throw invalid(
            "Pool '%s' was referenced but no full definition was found.".formatted(name(one)));
      }
    }
    return definitions;
  }

  private static Stream<PoolGraph> mentioned(ListenerGraph listener) {
    return Stream.concat(
        Stream.ofNullable(listener.defaultPool()),
        listener.policies().stream().map(L7PolicyGraph::redirectPool).flatMap(Stream::ofNullable));
  }

  private static String name(PoolGraph pool) {
    return pool.attributes().common().name().over("", "");
  }

  private Pool pool(PoolGraph graph) {
    var protocol = graph.protocol();
    if (protocol == null) {
      throw missing(graph, "protocol");
    }
    if (graph.attributes().algorithm().value() == null) {
      throw missing(graph, "lb_algorithm");
    }
    PersistenceRules.require(protocol, graph.attributes().persistence());
    requireRoom(Countable.HEALTH_MONITOR, graph.monitor() == null ? 0 : 1);
    requireRoom(Countable.MEMBER, graph.members().size());
    var monitor = monitor(graph, protocol);
    return pools.build(
        new PoolId(terms.ids().get()),
        protocol,
        graph.attributes(),
        members.graph(graph.members(), monitor != null),
        monitor);
  }

  private static RefusedException missing(PoolGraph graph, String attribute) {
    return invalid(
        "Pool definition for '%s' missing required attribute: %s"
            .formatted(name(graph), attribute));
  }

  private @Nullable HealthMonitor monitor(PoolGraph graph, PoolProtocol protocol) {
    var monitor = graph.monitor();
    if (monitor == null) {
      return null;
    }
    monitors.requireType(monitor.type(), protocol, monitor.attributes());
    return monitors.build(
        new HealthMonitorId(terms.ids().get()), monitor.type(), monitor.attributes());
  }

  private Listener listener(
      ListenerGraph graph, Map<String, Pool> byName, List<Listener> others, VipFacts vips) {
    var id = new ListenerId(terms.ids().get());
    var pool = pool(graph, byName);
    return listeners.build(
        id,
        new ListenerRules.Shape(graph.protocol(), graph.protocolPort(), graph.attributes()),
        pool == null ? null : pool.id(),
        policies(graph, byName),
        others,
        vips);
  }

  private static @Nullable Pool pool(ListenerGraph graph, Map<String, Pool> byName) {
    var byId = graph.attributes().defaultPool().value();
    if (byId != null) {
      // Nothing of a new load balancer has an id that its creator could know.
      throw RefusedException.notFound(Kind.POOL, byId);
    }
    var pool = named(graph.defaultPool(), byName);
    if (pool != null) {
      Protocols.requireMatch(graph.protocol(), pool.protocol());
    }
    return pool;
  }

  private static @Nullable Pool named(@Nullable PoolGraph graph, Map<String, Pool> byName) {
    if (graph == null) {
      return null;
    }
    var pool = byName.get(name(graph));
    if (pool == null) {
      throw new RefusedException(new Refusal.MissingDetails("Pool", name(graph)));
    }
    return pool;
  }

  private List<L7Policy> policies(ListenerGraph graph, Map<String, Pool> byName) {
    List<L7Policy> made = List.of();
    for (var one : graph.policies()) {
      Protocols.requireChildren(graph.protocol());
      var byId = one.attributes().redirectPool().value();
      if (byId != null) {
        throw RefusedException.notFound(Kind.POOL, byId);
      }
      var pool = named(one.redirectPool(), byName);
      if (pool != null) {
        Protocols.requireMatch(graph.protocol(), pool.protocol());
      }
      requireRoom(Countable.L7_POLICY, 1);
      requireRoom(Countable.L7_RULE, one.rules().size());
      var id = new L7PolicyId(terms.ids().get());
      var policy =
          policies.build(
              id, one.attributes(), pool == null ? null : pool.id(), rules.graph(one.rules(), id));
      made = L7PolicyRules.inserted(made, policy, one.attributes().position());
    }
    return made;
  }
}
