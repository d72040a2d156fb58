package agrippa.api;

import agrippa.api.wire.LoadBalancerJson;
import agrippa.api.wire.StatusJson;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Statistics;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.UUID;

/// `/loadbalancers`.
final class LoadBalancersResource {
  private static final Listing<LoadBalancerTree> LISTING =
      new Listing<>(
          "loadbalancers",
          LoadBalancerJson.SHAPE,
          it -> it.id().toString(),
          it -> it.loadBalancer().labels().tags());

  static final Described OPERATIONS =
      new Described(
          "Load balancers",
          "a load balancer",
          "loadbalancer",
          LISTING,
          LoadBalancerJson.SCHEMA,
          LoadBalancerJson.POST,
          LoadBalancerJson.PUT);

  private final Gateway gateway;

  LoadBalancersResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return LISTING.page(
        gateway.maxLimit(), request, gateway.visible(request, Subject.LOAD_BALANCER));
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    Change change = LoadBalancerJson.POST.read(Gateway.body(request));
    return gateway.submit(
        change, it -> Gateway.wrapped(201, "loadbalancer", LoadBalancerJson.whole(it.tree())));
  }

  Reply show(Request request) {
    return Gateway.show(
        request, "loadbalancer", LoadBalancerJson.SHAPE, tree(request, Verb.GET_ONE));
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    Attributes.OfLoadBalancer attributes = LoadBalancerJson.PUT.read(Gateway.body(request));
    return gateway.submit(
        new Change.UpdateLoadBalancer(id(request), attributes),
        it -> Gateway.wrapped(200, "loadbalancer", LoadBalancerJson.SHAPE.json(it.tree())));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request, "cascade");
    return gateway.submit(
        new Change.DeleteLoadBalancer(id(request), Gateway.flag(request, "cascade")),
        it -> Reply.empty(204));
  }

  Reply failOver(Request request) {
    Gateway.onlyArguments(request);
    Gateway.noBody(request);
    return gateway.submit(new Change.FailOver(id(request)), it -> Reply.empty(202));
  }

  Reply statuses(Request request) {
    Gateway.onlyArguments(request);
    return Reply.json(200, StatusJson.statuses(tree(request, Verb.GET_STATUS)));
  }

  /// The sums over its listeners.
  Reply statistics(Request request) {
    Gateway.onlyArguments(request);
    return Reply.json(
        200,
        StatusJson.statistics(
            tree(request, Verb.GET_STATS).listeners().stream()
                .map(Listener::id)
                .map(gateway.inventory()::statistics)
                .reduce(Statistics.ZERO, Statistics::plus)));
  }

  private LoadBalancerTree tree(Request request, Verb verb) {
    String text = request.parameter("id");
    return gateway.found(
        Subject.LOAD_BALANCER.to(verb),
        Gateway.id(text).map(LoadBalancerId::new).flatMap(gateway.inventory()::tree),
        Kind.LOAD_BALANCER,
        text,
        it -> it);
  }

  private static LoadBalancerId id(Request request) {
    UUID id = Gateway.id(Kind.LOAD_BALANCER, request.parameter("id"));
    return new LoadBalancerId(id);
  }
}
