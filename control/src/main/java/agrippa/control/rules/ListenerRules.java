package agrippa.control.rules;

import agrippa.control.Attributes.OfListener;
import agrippa.control.Change.CreateListener;
import agrippa.control.Change.UpdateListener;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.L7Policy;
import agrippa.model.Labels;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTimeouts;
import agrippa.model.LoadBalancerTree;
import agrippa.model.PoolId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Listeners.
final class ListenerRules {
  private static final int NO_LIMIT = -1;

  private final Terms terms;
  private final ListenerTlsRules tls;

  ListenerRules(Terms terms) {
    this.terms = terms;
    this.tls = new ListenerTlsRules(terms);
  }

  LoadBalancerTree create(LoadBalancerTree tree, CreateListener change, ListenerId id) {
    terms.requireRoom(tree, Countable.LISTENER, 1);
    var pool = change.attributes().defaultPool();
    requireDefaultPool(tree, change.protocol(), pool);
    Marks.requireMutable(tree);
    var listener =
        build(
            id,
            new Shape(change.protocol(), change.protocolPort(), change.attributes()),
            pool.orNull(null),
            List.of(),
            tree.listeners(),
            VipFacts.of(tree));
    return Marks.along(tree).withListeners(Lists.plus(tree.listeners(), listener));
  }

  /// What a request says of a new listener.
  record Shape(ListenerProtocol protocol, int port, OfListener attributes) {}

  /// A new listener, after all checks that depend on its own attributes.
  Listener build(
      ListenerId id,
      Shape shape,
      @Nullable PoolId defaultPool,
      List<L7Policy> policies,
      List<Listener> others,
      VipFacts vips) {
    var given = shape.attributes();
    var protocol = shape.protocol();
    var headers = given.insertHeaders().over(Map.of(), Map.of());
    InsertHeaders.require(headers.keySet(), protocol);
    tls.requireReferences(protocol, given);
    requireFreePort(shape, others);
    var cidrs = vips.allowedCidrs(given.allowedCidrs().over(List.of(), List.of()));
    tls.requireParameters(protocol, given);
    return new Listener(
        id,
        Naming.labels(given.common(), Labels.NONE),
        Naming.adminStateUp(given.common(), true),
        protocol,
        shape.port(),
        given.connectionLimit().over(NO_LIMIT, NO_LIMIT),
        defaultPool,
        tls.create(protocol, given),
        headers,
        timeouts(given, ListenerTimeouts.DEFAULT),
        cidrs,
        policies,
        Marks.created(terms.now()));
  }

  private static void requireFreePort(Shape shape, List<Listener> others) {
    others.stream()
        .filter(it -> it.protocolPort() == shape.port())
        .filter(it -> Protocols.sameTransport(it.protocol(), shape.protocol()))
        .findFirst()
        .ifPresent(
            it -> {
              throw new RefusedException(
                  new Refusal.DuplicateListener(it.protocol(), it.protocolPort()));
            });
  }

  private static void requireDefaultPool(
      LoadBalancerTree tree, ListenerProtocol protocol, Patch<PoolId> given) {
    if (!(given instanceof Patch.Set<PoolId>(var id))) {
      return;
    }
    Protocols.requireChildren(protocol);
    var pool = tree.pool(id).orElseThrow(() -> RefusedException.notFound(Kind.POOL, id));
    Protocols.requireMatch(protocol, pool.protocol());
  }

  LoadBalancerTree update(LoadBalancerTree tree, Listener old, UpdateListener change) {
    var given = change.attributes();
    var headers = given.insertHeaders().over(old.insertHeaders(), Map.of());
    InsertHeaders.require(
        given.insertHeaders().given() ? headers.keySet() : Set.of(), old.protocol());
    tls.requireReferences(old, given);
    var cidrs =
        given.allowedCidrs().given()
            ? VipFacts.of(tree).allowedCidrs(given.allowedCidrs().over(List.of(), List.of()))
            : old.allowedCidrs();
    tls.requireParameters(old, given);
    requireDefaultPool(tree, old.protocol(), given.defaultPool());
    Marks.requireMutable(tree);
    var next =
        new Listener(
            old.id(),
            Naming.labels(given.common(), old.labels()),
            Naming.adminStateUp(given.common(), old.adminStateUp()),
            old.protocol(),
            old.protocolPort(),
            given.connectionLimit().over(old.connectionLimit(), NO_LIMIT),
            given.defaultPool().orNull(old.defaultPool()),
            tls.update(old.tls(), given),
            headers,
            timeouts(given, old.timeouts()),
            cidrs,
            old.policies(),
            Marks.updated(old.lifecycle(), terms.now()));
    return Marks.along(tree).mapListener(old.id(), it -> next);
  }

  private static ListenerTimeouts timeouts(OfListener given, ListenerTimeouts current) {
    var standard = ListenerTimeouts.DEFAULT;
    return new ListenerTimeouts(
        given.timeoutClientData().over(current.clientData(), standard.clientData()),
        given.timeoutMemberConnect().over(current.memberConnect(), standard.memberConnect()),
        given.timeoutMemberData().over(current.memberData(), standard.memberData()),
        given.timeoutTcpInspect().over(current.tcpInspect(), standard.tcpInspect()));
  }

  LoadBalancerTree delete(LoadBalancerTree tree, Listener listener) {
    Marks.requireMutable(tree);
    return Marks.along(tree)
        .mapListener(listener.id(), it -> it.with(Marks.deleted(it.lifecycle())));
  }
}
