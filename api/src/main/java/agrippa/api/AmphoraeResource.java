package agrippa.api;

import agrippa.api.wire.AmphoraJson;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProvisioningStatus;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;

/// `/octavia/amphorae`, for admins only: the data plane as Octavia would show it.
final class AmphoraeResource {
  private static final Listing<LoadBalancerTree> LISTING =
      new Listing<>(
          "amphorae", AmphoraJson.SHAPE, it -> AmphoraJson.id(it).toString(), it -> List.of());

  static final Described OPERATIONS =
      new Described("Amphorae", "an amphora", "amphora", LISTING, AmphoraJson.SCHEMA, null, null);

  private final Gateway gateway;
  private final Consumer<LoadBalancerId> tellAgain;

  /// @param tellAgain has a load balancer's data plane told everything anew
  AmphoraeResource(Gateway gateway, Consumer<LoadBalancerId> tellAgain) {
    this.gateway = gateway;
    this.tellAgain = tellAgain;
  }

  Reply list(Request request) {
    gateway.require(Subject.AMPHORA.to(Verb.GET_ALL));
    return LISTING.page(gateway.maxLimit(), request, gateway.inventory().all().stream());
  }

  Reply show(Request request) {
    return Gateway.show(request, "amphora", AmphoraJson.SHAPE, carried(request, Verb.GET_ONE));
  }

  /// Asks who calls before it looks, as [#delete] does.
  Reply statistics(Request request) {
    Gateway.onlyArguments(request);
    gateway.require(Subject.AMPHORA.to(Verb.GET_STATS));
    String text = request.parameter("id");
    LoadBalancerTree tree =
        find(text)
            .filter(it -> !it.listeners().isEmpty())
            .orElseThrow(() -> Gateway.notFound(Kind.AMPHORA_STATISTICS, text));
    ArrayNode statistics = Json.array();
    tree.listeners().stream()
        .map(Listener::id)
        .map(it -> AmphoraJson.statistics(tree, it, gateway.inventory().statistics(it)))
        .forEach(statistics::add);
    return Gateway.wrapped(200, "amphora_stats", statistics);
  }

  Reply failOver(Request request) {
    Gateway.onlyArguments(request);
    Gateway.noBody(request);
    return gateway.submit(
        new Change.FailOverAmphora(carried(request, Verb.PUT_FAILOVER).id()),
        it -> Reply.empty(202));
  }

  Reply configure(Request request) {
    Gateway.onlyArguments(request);
    Gateway.noBody(request);
    tellAgain.accept(carried(request, Verb.PUT_CONFIG).id());
    return Reply.empty(202);
  }

  /// Octavia lets go of those that broke. Here there is nothing that could be left over.
  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    gateway.require(Subject.AMPHORA.to(Verb.DELETE));
    LoadBalancerTree tree = carried(request, Verb.DELETE);
    if (tree.loadBalancer().lifecycle().provisioning() != ProvisioningStatus.ERROR) {
      throw new RefusedException(
          new Refusal.Immutable(Kind.AMPHORA, AmphoraJson.id(tree).toString()));
    }
    throw new RefusedException(
        new Refusal.UnsupportedAction(
            tree.loadBalancer().provider(),
            "An amphora lives as long as its load balancer. Delete the load balancer, or fail it"
                + " over."));
  }

  /// The load balancer that an amphora of a path carries.
  private LoadBalancerTree carried(Request request, Verb verb) {
    String text = request.parameter("id");
    LoadBalancerTree tree = find(text).orElseThrow(() -> Gateway.notFound(Kind.AMPHORA, text));
    gateway.require(Subject.AMPHORA.to(verb));
    return tree;
  }

  private Optional<LoadBalancerTree> find(String text) {
    return Gateway.id(text)
        .flatMap(
            id ->
                gateway.inventory().all().stream()
                    .filter(it -> AmphoraJson.id(it).equals(id))
                    .findFirst());
  }
}
