package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.model.HealthMonitor;
import agrippa.model.MonitorType;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.ProvisioningStatus;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// `healthmonitor`.
public final class HealthMonitorJson {
  private static final int ANY = Integer.MAX_VALUE;
  private static final String CODES = "^(\\d{3}(\\s*,\\s*\\d{3})*)$|^(\\d{3}-\\d{3})$";
  private static final String DOMAIN =
      "^(?=.{1,253}\\.?$)(?:(?!-|[^.]+_)[A-Za-z0-9-_]{1,63}(?<!-)(?:\\.|$))+$";

  private static final Attribute<PoolId> POOL =
      Attribute.mandatory("pool_id", Types.UUID_TEXT.map(PoolId::new));
  private static final Attribute<MonitorType> TYPE =
      Attribute.mandatory("type", Types.choice(MonitorType.class, MonitorType::wireName));
  private static final Attribute<Integer> DELAY = Attribute.named("delay", Types.integer(0, ANY));
  private static final Attribute<Integer> TIMEOUT =
      Attribute.named("timeout", Types.integer(0, ANY));
  private static final Attribute<Integer> MAX_RETRIES =
      Attribute.named("max_retries", Types.integer(1, 10));
  private static final Attribute<Integer> MAX_RETRIES_DOWN =
      Attribute.optional("max_retries_down", Types.integer(1, 10).with("default", 3));
  private static final Attribute<String> HTTP_METHOD =
      Attribute.optional(
          "http_method",
          Types.choice(
              "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"));
  private static final Attribute<String> URL_PATH = Attribute.optional("url_path", Types.PATH);
  private static final Attribute<String> EXPECTED_CODES =
      Attribute.optional(
          "expected_codes",
          Types.text(0, 64, Pattern.compile(CODES), CODES)
              .with("examples", List.of("200", "200,204", "200-204")));
  private static final Attribute<Double> HTTP_VERSION =
      Attribute.optional("http_version", Types.decimal(List.of(1.0, 1.1)));
  private static final Attribute<String> DOMAIN_NAME =
      Attribute.optional(
          "domain_name",
          Types.text(1, 255, Pattern.compile(DOMAIN), DOMAIN)
              .with("examples", List.of("example.org")));

  /// Within a pool of a graph.
  private static final Schema NESTED =
      Schema.of(
              CommonJson.NAME,
              TYPE,
              DELAY,
              TIMEOUT,
              MAX_RETRIES_DOWN,
              MAX_RETRIES,
              HTTP_METHOD,
              URL_PATH,
              EXPECTED_CODES,
              CommonJson.ADMIN_STATE_UP,
              CommonJson.TAGS,
              HTTP_VERSION,
              DOMAIN_NAME)
          .named("NestedHealthMonitorCreate");

  private static final Schema CREATE =
      NESTED.and(CommonJson.PROJECT, CommonJson.TENANT, POOL).named("HealthMonitorCreate");

  private static final Schema UPDATE =
      Schema.of(
          CommonJson.NAME,
          DELAY.optionalNotNull(),
          TIMEOUT.optionalNotNull(),
          MAX_RETRIES_DOWN,
          MAX_RETRIES.optionalNotNull(),
          HTTP_METHOD,
          URL_PATH,
          EXPECTED_CODES,
          CommonJson.ADMIN_STATE_UP,
          CommonJson.TAGS,
          HTTP_VERSION,
          DOMAIN_NAME);

  static final Type<Change.HealthMonitorGraph> GRAPH =
      Types.object(NESTED, it -> new Change.HealthMonitorGraph(it.value(TYPE), attributes(it)));

  /// What a create says.
  public static final Body<Change.CreateHealthMonitor> POST =
      new Body<>(
          "health_monitor_",
          "healthmonitor",
          Types.object(
              CREATE,
              it ->
                  new Change.CreateHealthMonitor(it.value(POOL), it.value(TYPE), attributes(it))));

  /// What an update says.
  public static final Body<Attributes.OfHealthMonitor> PUT =
      new Body<>(
          "health_monitor_",
          "healthmonitor",
          Types.object(UPDATE.ofChange("HealthMonitorUpdate"), HealthMonitorJson::attributes));

  /// What answers show.
  public static final Shape<Part<Pool, HealthMonitor>> SHAPE =
      new Shape<Part<Pool, HealthMonitor>>()
          .plain("id", JsonSchema.UUID, it -> it.it().id())
          .plain("name", JsonSchema.TEXT, it -> it.it().labels().name())
          .plain("type", TYPE.type().schema(), it -> it.it().type().wireName())
          .plain("delay", JsonSchema.INTEGER, it -> it.it().delaySeconds())
          .plain("timeout", JsonSchema.INTEGER, it -> it.it().timeoutSeconds())
          .plain("max_retries", JsonSchema.INTEGER, it -> it.it().maxRetries())
          .plain("max_retries_down", JsonSchema.INTEGER, it -> it.it().maxRetriesDown())
          .plain("http_method", JsonSchema.TEXT.orNull(), it -> it.it().httpMethod())
          .plain("url_path", JsonSchema.TEXT.orNull(), it -> it.it().urlPath())
          .plain("expected_codes", JsonSchema.TEXT.orNull(), it -> it.it().expectedCodes())
          .plain("admin_state_up", JsonSchema.BOOLEAN, it -> it.it().adminStateUp())
          .plain("project_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .shown("pools", JsonSchema.IDS, it -> Shape.ids(List.of(it.parent().id())))
          .plain(
              "provisioning_status",
              JsonSchema.choice(ProvisioningStatus.class),
              it -> it.it().lifecycle().provisioning())
          .plain(
              "operating_status",
              JsonSchema.choice(OperatingStatus.class),
              it -> it.it().lifecycle().operating())
          .plain("created_at", JsonSchema.TIME, it -> it.it().lifecycle().createdAt())
          .plain("updated_at", JsonSchema.TIME.orNull(), it -> it.it().lifecycle().updatedAt())
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.it().labels().tags())
          .plain("http_version", JsonSchema.NUMBER.orNull(), it -> it.it().httpVersion())
          .plain("domain_name", JsonSchema.TEXT.orNull(), it -> it.it().domainName())
          .filterOnly("pool_id", JsonSchema.UUID, it -> it.parent().id());

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("HealthMonitor");

  private HealthMonitorJson() {}

  private static Attributes.OfHealthMonitor attributes(Values values) {
    return new Attributes.OfHealthMonitor(
        CommonJson.decode(values),
        values.patch(DELAY),
        values.patch(TIMEOUT),
        values.patch(MAX_RETRIES),
        values.patch(MAX_RETRIES_DOWN),
        values.patch(HTTP_METHOD),
        values.patch(URL_PATH),
        values.patch(EXPECTED_CODES),
        values.patch(HTTP_VERSION),
        values.patch(DOMAIN_NAME));
  }

  static JsonSchema nestedSchema() {
    return SCHEMA.lacking("pools").named("NestedHealthMonitor");
  }

  /// As part of a whole load balancer, which its pool names already.
  static ObjectNode nested(Part<Pool, HealthMonitor> monitor) {
    ObjectNode json = SHAPE.json(monitor);
    json.remove("pools");
    return json;
  }
}
