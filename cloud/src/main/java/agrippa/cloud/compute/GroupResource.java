package agrippa.cloud.compute;

import agrippa.cloud.network.ServerPorts;
import agrippa.cloud.network.ServerPorts.Group;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Security groups, of which Nova tells those who still ask it (deprecated since 2.36); their rules
/// are the network service's to tell.
final class GroupResource {
  private final ServerPorts ports;

  GroupResource(ServerPorts ports) {
    this.ports = ports;
  }

  Reply list(Call call) {
    return all(ports.groups(call.caller()));
  }

  Reply show(Call call) {
    String id = call.parameter("id");
    ObjectNode body = Json.object();
    body.set(
        "security_group",
        ports.groups(call.caller()).stream()
            .filter(it -> it.id().toString().equals(id))
            .findFirst()
            .map(GroupResource::json)
            .orElseThrow(() -> Refused.notFound("Security group not found.")));
    return Reply.json(200, body);
  }

  static Reply all(List<Group> groups) {
    ObjectNode body = Json.object();
    ArrayNode all = body.putArray("security_groups");
    groups.forEach(it -> all.add(json(it)));
    return Reply.json(200, body);
  }

  private static ObjectNode json(Group it) {
    ObjectNode json = Json.object();
    json.put("id", it.id().toString()).put("name", it.name());
    json.put("tenant_id", it.project().value()).put("description", it.description());
    json.putArray("rules");
    return json;
  }
}
