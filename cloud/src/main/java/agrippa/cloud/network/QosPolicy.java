package agrippa.cloud.network;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A quality of service that ports may have. The mirror shapes no traffic: policies have no rules
/// here, only names that ports and VIPs refer to.
///
/// @param shared whether every project may use it
/// @param isDefault whether its project's new networks get it
record QosPolicy(Meta meta, boolean shared, boolean isDefault) implements Resource {
  @Override
  public Kind kind() {
    return Kind.QOS_POLICY;
  }

  @Override
  public QosPolicy with(Meta next) {
    return new QosPolicy(next, shared, isDefault);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("shared", shared);
    json.put("is_default", isDefault);
    json.putArray("rules");
    return json;
  }

  static QosPolicy of(Meta meta, JsonNode json) {
    return new QosPolicy(
        meta, json.path("shared").booleanValue(), json.path("is_default").booleanValue());
  }
}
