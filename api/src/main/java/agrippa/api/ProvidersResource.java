package agrippa.api;

import agrippa.control.ControlSettings;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/providers`: the names that load balancers may ask for.
final class ProvidersResource {
  private final ControlSettings.Providers providers;

  ProvidersResource(ControlSettings.Providers providers) {
    this.providers = providers;
  }

  Reply list(Request request) {
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
