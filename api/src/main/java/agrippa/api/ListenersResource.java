package agrippa.api;

import agrippa.api.wire.ListenerJson;
import agrippa.api.wire.Part;
import agrippa.api.wire.StatusJson;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Verdict;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerTree;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.Optional;
import java.util.stream.Stream;

/// `/listeners`.
final class ListenersResource {
  private static final Listing<Part<LoadBalancer, Listener>> LISTING =
      new Listing<>(
          "listeners",
          ListenerJson.SHAPE,
          it -> it.it().id().toString(),
          it -> it.it().labels().tags());

  static final Described OPERATIONS =
      new Described(
          "Listeners",
          "a listener",
          "listener",
          LISTING,
          ListenerJson.SCHEMA,
          ListenerJson.POST,
          ListenerJson.PUT);

  private final Gateway gateway;

  ListenersResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return LISTING.page(
        gateway.maxLimit(),
        request,
        gateway.visible(request, Subject.LISTENER).flatMap(ListenersResource::parts));
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    Change change = ListenerJson.POST.read(Gateway.body(request));
    return gateway.submit(change, it -> shown(201, it));
  }

  Reply show(Request request) {
    return Gateway.show(request, "listener", ListenerJson.SHAPE, listener(request, Verb.GET_ONE));
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    Attributes.OfListener attributes = ListenerJson.PUT.read(Gateway.body(request));
    return gateway.submit(new Change.UpdateListener(id(request), attributes), it -> shown(200, it));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    return gateway.submit(new Change.DeleteListener(id(request)), it -> Reply.empty(204));
  }

  Reply statistics(Request request) {
    Gateway.onlyArguments(request);
    ListenerId id = listener(request, Verb.GET_STATS).it().id();
    return Reply.json(200, StatusJson.statistics(gateway.inventory().statistics(id)));
  }

  private Part<LoadBalancer, Listener> listener(Request request, Verb verb) {
    String text = request.parameter("id");
    return gateway.found(
        Subject.LISTENER.to(verb),
        Gateway.id(text).map(ListenerId::new).flatMap(this::find),
        Kind.LISTENER,
        text,
        Part::tree);
  }

  private Optional<Part<LoadBalancer, Listener>> find(ListenerId id) {
    return gateway.inventory().treeOf(id).flatMap(tree -> part(tree, id));
  }

  private static ListenerId id(Request request) {
    return new ListenerId(Gateway.id(Kind.LISTENER, request.parameter("id")));
  }

  private static Reply shown(int status, Verdict.Accepted accepted) {
    Part<LoadBalancer, Listener> listener =
        part(accepted.tree(), new ListenerId(accepted.subject())).orElseThrow();
    return Gateway.wrapped(status, "listener", ListenerJson.SHAPE.json(listener));
  }

  private static Optional<Part<LoadBalancer, Listener>> part(LoadBalancerTree tree, ListenerId id) {
    return tree.listener(id).map(it -> new Part<>(tree, tree.loadBalancer(), it));
  }

  private static Stream<Part<LoadBalancer, Listener>> parts(LoadBalancerTree tree) {
    return tree.listeners().stream().map(it -> new Part<>(tree, tree.loadBalancer(), it));
  }
}
