package agrippa.store;

import agrippa.model.HealthMonitorId;
import agrippa.model.L7Action;
import agrippa.model.L7PolicyId;
import agrippa.model.L7RuleId;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MemberId;
import agrippa.model.NetworkId;
import agrippa.model.PoolId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SessionPersistence;
import agrippa.model.SubnetId;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Trees as JSON documents. A field that is missing, unknown, or null where it must not be, is an
/// error: a document is either understood in full or not at all.
final class TreeCodec {
  /// The form of the documents written. A change of the model that old documents do not fit gets
  /// the next number, and a migration that rewrites the old ones.
  static final int FORMAT = 3;

  private static final List<Class<?>> IDS =
      List.of(
          HealthMonitorId.class,
          L7PolicyId.class,
          L7RuleId.class,
          ListenerId.class,
          LoadBalancerId.class,
          MemberId.class,
          NetworkId.class,
          PoolId.class,
          PortId.class,
          QosPolicyId.class,
          SecurityGroupId.class,
          SubnetId.class);

  private final JsonMapper mapper = mapper();

  private static JsonMapper mapper() {
    var builder =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addMixIn(ProjectId.class, TextId.class)
            .addMixIn(L7Action.class, Action.class)
            .addMixIn(SessionPersistence.class, Persistence.class);
    IDS.forEach(id -> builder.addMixIn(id, Id.class));
    return builder.build();
  }

  String write(LoadBalancerTree tree) {
    return mapper.writeValueAsString(tree);
  }

  LoadBalancerTree read(String document) {
    return mapper.readValue(document, LoadBalancerTree.class);
  }

  /// An id is its UUID.
  private abstract static class Id {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Id(UUID value) {}

    @JsonValue
    abstract UUID value();
  }

  /// An id is its text.
  private abstract static class TextId {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    TextId(String value) {}

    @JsonValue
    abstract String value();
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "action")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = L7Action.ToPool.class, name = "REDIRECT_TO_POOL"),
    @JsonSubTypes.Type(value = L7Action.ToUrl.class, name = "REDIRECT_TO_URL"),
    @JsonSubTypes.Type(value = L7Action.ToPrefix.class, name = "REDIRECT_PREFIX"),
    @JsonSubTypes.Type(value = L7Action.Reject.class, name = "REJECT")
  })
  private interface Action {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = SessionPersistence.SourceIp.class, name = "SOURCE_IP"),
    @JsonSubTypes.Type(value = SessionPersistence.HttpCookie.class, name = "HTTP_COOKIE"),
    @JsonSubTypes.Type(value = SessionPersistence.AppCookie.class, name = "APP_COOKIE")
  })
  private interface Persistence {}
}
