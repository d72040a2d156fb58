package agrippa.cloud.network;

import agrippa.cloud.network.Router.ExtraRoute;
import agrippa.control.Caller;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What can be done to a router besides changing its attributes.
final class RouterActions {
  private final CollectionFace<Router> routers;
  private final RouterCollection collection;
  private final RouterPorts ports;

  RouterActions(CollectionFace<Router> routers, RouterCollection collection, RouterPorts ports) {
    this.routers = routers;
    this.collection = collection;
    this.ports = ports;
  }

  Reply addInterface(Caller caller, Request request) {
    return routers.act(
        caller,
        request,
        (draft, router, body) -> ports.add(draft, caller, router, new Form(body, true)));
  }

  Reply removeInterface(Caller caller, Request request) {
    return routers.act(
        caller,
        request,
        (draft, router, body) -> ports.remove(draft, router, new Form(body, true)));
  }

  Reply addRoutes(Caller caller, Request request) {
    return changeRoutes(caller, request, true);
  }

  Reply removeRoutes(Caller caller, Request request) {
    return changeRoutes(caller, request, false);
  }

  /// Adding a route that is there, and removing one that is not, changes nothing.
  private Reply changeRoutes(Caller caller, Request request, boolean add) {
    return routers.act(
        caller,
        request,
        (draft, router, body) -> {
          if (!(body.get("router") instanceof ObjectNode asked)) {
            throw Fault.badRequest("Unable to find 'router' in request body");
          }
          List<ExtraRoute> said =
              new Form(asked, true).list("routes", List.of(), RouterCollection::route);
          List<ExtraRoute> next = new ArrayList<>(router.routes());
          next.removeAll(said);
          if (add) {
            next.addAll(said);
          }
          Router after = collection.rerouted(draft, router, next);
          ObjectNode answer = Json.object();
          answer.set("router", collection.show(draft.state(), caller, after));
          return answer;
        });
  }
}
