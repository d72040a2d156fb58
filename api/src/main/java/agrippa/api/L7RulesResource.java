package agrippa.api;

import agrippa.api.wire.L7RuleJson;
import agrippa.api.wire.Part;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Verdict;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.L7RuleId;
import agrippa.model.LoadBalancerTree;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// `/l7policies/{policy}/rules`.
final class L7RulesResource {
  private static final Listing<Part<L7Policy, L7Rule>> LISTING =
      new Listing<>("rules", L7RuleJson.SHAPE, it -> it.it().id().toString(), it -> it.it().tags());

  static final Described OPERATIONS =
      new Described(
          "L7 rules",
          "an L7 rule",
          "rule",
          LISTING,
          L7RuleJson.SCHEMA,
          L7RuleJson.POST,
          L7RuleJson.PUT);

  private final Gateway gateway;

  L7RulesResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return in(
        request,
        (tree, policy) -> {
          gateway.require(Subject.L7_RULE.to(Verb.GET_ALL), tree);
          return LISTING.page(gateway.maxLimit(), request, parts(tree, policy));
        });
  }

  Reply create(Request request) {
    return in(
        request,
        (tree, policy) -> {
          Gateway.onlyArguments(request);
          Attributes.OfL7Rule attributes = L7RuleJson.POST.read(Gateway.body(request));
          return gateway.submit(
              new Change.CreateL7Rule(policy.id(), attributes), it -> shown(201, policy.id(), it));
        });
  }

  Reply show(Request request) {
    return in(
        request,
        (tree, policy) -> {
          String text = request.parameter("id");
          Optional<Part<L7Policy, L7Rule>> rule =
              Gateway.id(text).map(L7RuleId::new).flatMap(it -> part(tree, policy.id(), it));
          return Gateway.show(
              request,
              "rule",
              L7RuleJson.SHAPE,
              gateway.found(
                  Subject.L7_RULE.to(Verb.GET_ONE), rule, Kind.L7_RULE, text, Part::tree));
        });
  }

  Reply update(Request request) {
    return in(
        request,
        (tree, policy) -> {
          Gateway.onlyArguments(request);
          Attributes.OfL7Rule attributes = L7RuleJson.PUT.read(Gateway.body(request));
          return gateway.submit(
              new Change.UpdateL7Rule(policy.id(), id(request), attributes),
              it -> shown(200, policy.id(), it));
        });
  }

  Reply delete(Request request) {
    return in(
        request,
        (tree, policy) -> {
          Gateway.onlyArguments(request);
          return gateway.submit(
              new Change.DeleteL7Rule(policy.id(), id(request)), it -> Reply.empty(204));
        });
  }

  /// Octavia looks for the policy on its way to the handler, and misses it in the framework's
  /// words.
  private Reply in(Request request, BiFunction<LoadBalancerTree, L7Policy, Reply> answer) {
    String text = request.parameter("policy");
    Optional<L7PolicyId> id = Gateway.id(text).map(L7PolicyId::new);
    return id.flatMap(gateway.inventory()::treeOf)
        .flatMap(tree -> id.flatMap(tree::policy).map(policy -> answer.apply(tree, policy)))
        .orElseGet(() -> Faults.framework(404, "Bad Request", "L7Policy " + text + " not found."));
  }

  private static L7RuleId id(Request request) {
    return new L7RuleId(Gateway.id(Kind.L7_RULE, request.parameter("id")));
  }

  private static Reply shown(int status, L7PolicyId policy, Verdict.Accepted accepted) {
    Part<L7Policy, L7Rule> rule =
        part(accepted.tree(), policy, new L7RuleId(accepted.subject())).orElseThrow();
    return Gateway.wrapped(status, "rule", L7RuleJson.SHAPE.json(rule));
  }

  private static Optional<Part<L7Policy, L7Rule>> part(
      LoadBalancerTree tree, L7PolicyId policy, L7RuleId id) {
    return tree.policy(policy).stream()
        .flatMap(it -> parts(tree, it))
        .filter(it -> it.it().id().equals(id))
        .findFirst();
  }

  private static Stream<Part<L7Policy, L7Rule>> parts(LoadBalancerTree tree, L7Policy policy) {
    return policy.rules().stream().map(it -> new Part<>(tree, policy, it));
  }
}
