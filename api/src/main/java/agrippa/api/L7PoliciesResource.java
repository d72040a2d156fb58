package agrippa.api;

import agrippa.api.wire.L7PolicyJson;
import agrippa.api.wire.Part;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Verdict;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.Optional;
import java.util.stream.Stream;

/// `/l7policies`.
final class L7PoliciesResource {
  private static final Listing<Part<Listener, L7Policy>> LISTING =
      new Listing<>(
          "l7policies",
          L7PolicyJson.SHAPE,
          it -> it.it().id().toString(),
          it -> it.it().labels().tags());

  static final Described OPERATIONS =
      new Described(
          "L7 policies",
          "an L7 policy",
          "l7policy",
          LISTING,
          L7PolicyJson.SCHEMA,
          L7PolicyJson.POST,
          L7PolicyJson.PUT);

  private final Gateway gateway;

  L7PoliciesResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return LISTING.page(
        gateway.maxLimit(),
        request,
        gateway.visible(request, Subject.L7_POLICY).flatMap(L7PoliciesResource::parts));
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    Change change = L7PolicyJson.POST.read(Gateway.body(request));
    return gateway.submit(change, it -> shown(201, it));
  }

  Reply show(Request request) {
    String text = request.parameter("id");
    Part<Listener, L7Policy> policy =
        gateway.found(
            Subject.L7_POLICY.to(Verb.GET_ONE),
            Gateway.id(text).map(L7PolicyId::new).flatMap(this::find),
            Kind.L7_POLICY,
            text,
            Part::tree);
    return Gateway.show(request, "l7policy", L7PolicyJson.SHAPE, policy);
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    Attributes.OfL7Policy attributes = L7PolicyJson.PUT.read(Gateway.body(request));
    return gateway.submit(new Change.UpdateL7Policy(id(request), attributes), it -> shown(200, it));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    return gateway.submit(new Change.DeleteL7Policy(id(request)), it -> Reply.empty(204));
  }

  private Optional<Part<Listener, L7Policy>> find(L7PolicyId id) {
    return gateway.inventory().treeOf(id).flatMap(tree -> part(tree, id));
  }

  private static L7PolicyId id(Request request) {
    return new L7PolicyId(Gateway.id(Kind.L7_POLICY, request.parameter("id")));
  }

  private static Reply shown(int status, Verdict.Accepted accepted) {
    Part<Listener, L7Policy> policy =
        part(accepted.tree(), new L7PolicyId(accepted.subject())).orElseThrow();
    return Gateway.wrapped(status, "l7policy", L7PolicyJson.SHAPE.json(policy));
  }

  private static Optional<Part<Listener, L7Policy>> part(LoadBalancerTree tree, L7PolicyId id) {
    return parts(tree).filter(it -> it.it().id().equals(id)).findFirst();
  }

  private static Stream<Part<Listener, L7Policy>> parts(LoadBalancerTree tree) {
    return tree.listeners().stream()
        .flatMap(
            listener -> listener.policies().stream().map(it -> new Part<>(tree, listener, it)));
  }
}
