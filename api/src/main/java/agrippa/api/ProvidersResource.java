package agrippa.api;

import agrippa.control.ControlSettings;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/providers`: the names that load balancers may ask for.
final class ProvidersResource {
  private final Gateway gateway;
  private final ControlSettings.Providers providers;

  ProvidersResource(Gateway gateway, ControlSettings.Providers providers) {
    this.gateway = gateway;
    this.providers = providers;
  }

  Reply list(Request request) {
    gateway.require(Subject.PROVIDER.to(Verb.GET_ALL));
    List<String> fields = request.query().getOrDefault("fields", List.of());
    ObjectNode body = Json.object();
    ArrayNode names = body.putArray("providers");
    providers
        .descriptions()
        .forEach(
            (name, description) -> {
              ObjectNode it = names.addObject().put("name", name).put("description", description);
              if (!fields.isEmpty()) {
                it.retain(Set.copyOf(fields));
              }
            });
    return Reply.json(200, body);
  }
}
