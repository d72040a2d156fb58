package agrippa.api;

import agrippa.api.wire.Part;
import agrippa.api.wire.PoolJson;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Verdict;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.Optional;
import java.util.stream.Stream;

/// `/pools`.
final class PoolsResource {
  private static final Listing<Part<LoadBalancer, Pool>> LISTING =
      new Listing<>(
          "pools", PoolJson.SHAPE, it -> it.it().id().toString(), it -> it.it().labels().tags());

  static final Described OPERATIONS =
      new Described(
          "Pools", "a pool", "pool", LISTING, PoolJson.SCHEMA, PoolJson.POST, PoolJson.PUT);

  private final Gateway gateway;

  PoolsResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return LISTING.page(
        gateway.maxLimit(),
        request,
        gateway.visible(request, Subject.POOL).flatMap(PoolsResource::parts));
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    Change change = PoolJson.POST.read(Gateway.body(request));
    return gateway.submit(change, it -> shown(201, it));
  }

  Reply show(Request request) {
    String text = request.parameter("id");
    Part<LoadBalancer, Pool> pool =
        gateway.found(
            Subject.POOL.to(Verb.GET_ONE),
            Gateway.id(text).map(PoolId::new).flatMap(this::find),
            Kind.POOL,
            text,
            Part::tree);
    return Gateway.show(request, "pool", PoolJson.SHAPE, pool);
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    Attributes.OfPool attributes = PoolJson.PUT.read(Gateway.body(request));
    return gateway.submit(new Change.UpdatePool(id(request), attributes), it -> shown(200, it));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    return gateway.submit(new Change.DeletePool(id(request)), it -> Reply.empty(204));
  }

  private Optional<Part<LoadBalancer, Pool>> find(PoolId id) {
    return gateway.inventory().treeOf(id).flatMap(tree -> part(tree, id));
  }

  private static PoolId id(Request request) {
    return new PoolId(Gateway.id(Kind.POOL, request.parameter("id")));
  }

  private static Reply shown(int status, Verdict.Accepted accepted) {
    Part<LoadBalancer, Pool> pool =
        part(accepted.tree(), new PoolId(accepted.subject())).orElseThrow();
    return Gateway.wrapped(status, "pool", PoolJson.SHAPE.json(pool));
  }

  private static Optional<Part<LoadBalancer, Pool>> part(LoadBalancerTree tree, PoolId id) {
    return tree.pool(id).map(it -> new Part<>(tree, tree.loadBalancer(), it));
  }

  private static Stream<Part<LoadBalancer, Pool>> parts(LoadBalancerTree tree) {
    return tree.pools().stream().map(it -> new Part<>(tree, tree.loadBalancer(), it));
  }
}
