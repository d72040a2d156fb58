package agrippa.cloud.network;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A named set of rules. The mirror keeps them, but filters no packets by them.
record SecurityGroup(Meta meta, boolean stateful) implements Resource {
  /// The name of the group that each project has from the start.
  static final String DEFAULT = "default";

  @Override
  public Kind kind() {
    return Kind.SECURITY_GROUP;
  }

  @Override
  public SecurityGroup with(Meta next) {
    return new SecurityGroup(next, stateful);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("stateful", stateful);
    json.put("shared", false);
    return json;
  }

  static SecurityGroup of(Meta meta, JsonNode json) {
    return new SecurityGroup(meta, json.path("stateful").booleanValue());
  }
}
