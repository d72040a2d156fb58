package agrippa.cloud.network;

import agrippa.model.ProjectId;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Something that the network service keeps. Immutable.
sealed interface Resource
    permits Network,
        Subnet,
        Port,
        Router,
        FloatingIp,
        SecurityGroup,
        SecurityGroupRule,
        SubnetPool,
        QosPolicy {
  Meta meta();

  Kind kind();

  /// The same with other labels, tags or times.
  Resource with(Meta next);

  /// All of it in Neutron's names; [#of] reads it back.
  ObjectNode json();

  default UUID id() {
    return meta().id();
  }

  default ProjectId project() {
    return meta().project();
  }

  /// Reads what [#json] wrote.
  static Resource of(Kind kind, JsonNode json) {
    Meta meta = Meta.of(json);
    return switch (kind) {
      case NETWORK -> Network.of(meta, json);
      case SUBNET -> Subnet.of(meta, json);
      case PORT -> Port.of(meta, json);
      case ROUTER -> Router.of(meta, json);
      case FLOATING_IP -> FloatingIp.of(meta, json);
      case SECURITY_GROUP -> SecurityGroup.of(meta, json);
      case SECURITY_GROUP_RULE -> SecurityGroupRule.of(meta, json);
      case SUBNET_POOL -> SubnetPool.of(meta, json);
      case QOS_POLICY -> QosPolicy.of(meta, json);
    };
  }

  // How parts are read.

  static UUID uuid(JsonNode json, String key) {
    return UUID.fromString(json.path(key).stringValue());
  }

  static <T> @Nullable T optional(JsonNode json, String key, Function<String, T> read) {
    return json.path(key).isString() ? read.apply(json.path(key).stringValue()) : null;
  }

  static <T> List<T> list(JsonNode json, String key, Function<JsonNode, T> read) {
    return StreamSupport.stream(json.path(key).spliterator(), false).map(read).toList();
  }
}
