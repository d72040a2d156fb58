package agrippa.cloud.secret;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/secrets`.
final class SecretResource extends OwnedResource {
  private static final Set<String> TEXT = Set.of("text/plain", "application/x-pem-file");
  private static final Set<String> BINARY =
      Set.of("application/octet-stream", "application/pkcs8", "application/pkix-cert");
  private static final Set<String> TYPES =
      Set.of("symmetric", "public", "private", "certificate", "passphrase", "opaque");

  /// Barbican's limit for payloads.
  private static final int MOST_BYTES = 20_000;

  private static final int LONGEST = 255;
  private static final int MOST_PER_PROJECT = 2_000;

  private final SecretStore store;
  private final Supplier<UUID> ids;
  private final Supplier<String> publicUrl;

  SecretResource(
      SecretStore store, InstantSource clock, Supplier<UUID> ids, Supplier<String> publicUrl) {
    super("Secret", List.of("service", "resource_type", "resource_id"), clock);
    this.store = store;
    this.ids = ids;
    this.publicUrl = publicUrl;
  }

  @Override
  Owned owned(String id) {
    return found(id).owned();
  }

  /// What has expired is not there any more; only its memory is kept until somebody deletes it.
  private Secret found(String id) {
    return store
        .secret(id)
        .filter(it -> !it.expired(clock.instant()))
        .orElseThrow(() -> Refused.notFound("Secret"));
  }

  @Override
  void change(String id, UnaryOperator<Owned> change) {
    store.changeSecret(id, it -> it.with(change.apply(it.owned())));
  }

  @Override
  String reference(String id) {
    return publicUrl.get() + EmbeddedSecrets.PREFIX + "/v1/secrets/" + id;
  }

  @Override
  Reply shown(String id, Request request) {
    return Reply.json(200, json(found(id), request));
  }

  Reply list(Caller caller, Request request) {
    List<Secret> mine =
        store.secrets().stream()
            .filter(it -> it.owned().project().equals(caller.project()))
            .filter(it -> it.owned().visibleTo(caller) && !it.expired(clock.instant()))
            .filter(it -> matches(it, request))
            .toList();
    return Lists.page(request, "secrets", mine, it -> json(it, request));
  }

  private static boolean matches(Secret secret, Request request) {
    return request.query("name").map(secret.owned().name()::equals).orElse(true)
        && Map.of(
                "secret_type", "secret_type",
                "alg", "algorithm",
                "bits", "bit_length",
                "mode", "mode")
            .entrySet()
            .stream()
            .allMatch(
                it ->
                    request
                        .query(it.getKey())
                        .map(
                            value ->
                                value.equals(secret.description().path(it.getValue()).asString("")))
                        .orElse(true));
  }

  Reply create(Caller caller, Request request) {
    ProjectId project = workplace(caller);
    ObjectNode body = body(request);
    long count =
        store.secrets().stream().filter(it -> it.owned().project().equals(project)).count();
    if (count >= MOST_PER_PROJECT) {
      throw Refused.bad("The project has too many secrets already.");
    }
    String id = ids.get().toString();
    Instant now = clock.instant();
    String name = body.path("name").asString("");
    Owned owned =
        new Owned(
            id,
            project,
            caller.userId(),
            checked("name", name.isEmpty() ? id : name),
            now,
            now,
            Acl.STANDARD,
            List.of());
    Secret secret = new Secret(owned, description(body), "", new byte[0]);
    if (body.hasNonNull("payload")) {
      secret =
          filled(
              secret,
              body.path("payload").asString("").getBytes(StandardCharsets.UTF_8),
              body.path("payload_content_type").asString(""),
              encoding(body));
    } else if (body.hasNonNull("payload_content_type")) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': payload must be provided when"
              + " payload_content_type is supplied.");
    }
    store.put(secret);
    return Reply.json(201, Json.object().put("secret_ref", reference(id)))
        .with("Location", reference(id));
  }

  private ObjectNode description(ObjectNode body) {
    String type = body.path("secret_type").asString("opaque");
    if (!TYPES.contains(type)) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': '" + type + "' is not a secret type");
    }
    ObjectNode description = Json.object().put("secret_type", type);
    for (String key : List.of("algorithm", "mode")) {
      JsonNode value = body.path(key);
      if (value.isString()) {
        description.put(key, checked(key, value.asString()));
      } else {
        description.putNull(key);
      }
    }
    if (body.path("bit_length").canConvertToInt()) {
      description.put("bit_length", body.path("bit_length").asInt());
    } else {
      description.putNull("bit_length");
    }
    String expiration = body.path("expiration").asString("");
    if (expiration.isBlank()) {
      description.putNull("expiration");
    } else {
      description.put("expiration", Lists.time(future(expiration)));
    }
    return description;
  }

  private Instant future(String expiration) {
    Instant time =
        Lists.parsed(expiration)
            .orElseThrow(
                () ->
                    Refused.bad(
                        "Provided object does not match schema 'Secret': Invalid date for"
                            + " 'expiration'"));
    if (!clock.instant().isBefore(time)) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': 'expiration' is before current time");
    }
    return time;
  }

  /// JSON cannot hold bytes as they are.
  private static String encoding(ObjectNode body) {
    String encoding = body.path("payload_content_encoding").asString("");
    if (encoding.isEmpty()
        && BINARY.contains(plain(body.path("payload_content_type").asString("")))) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': payload_content_encoding must be"
              + " specified when payload_content_type is not text.");
    }
    return encoding;
  }

  /// A media type without its parameters.
  private static String plain(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static String checked(String key, String value) {
    if (value.length() > LONGEST || value.chars().anyMatch(it -> it < ' ')) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': '"
              + key
              + "' is too long or has"
              + " control characters");
    }
    return value;
  }

  /// The secret with its payload.
  ///
  /// @param encoding `base64` or empty
  private Secret filled(Secret secret, byte[] sent, String type, String encoding) {
    String plainType = plain(type);
    if (plainType.isEmpty()) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': If 'payload' is supplied,"
              + " 'payload_content_type' must also be supplied.");
    }
    if (!TEXT.contains(plainType) && !BINARY.contains(plainType)) {
      throw Refused.bad(
          "Provided object does not match schema 'Secret': payload_content_type is not one of"
              + " text/plain, application/octet-stream, application/pkcs8, application/pkix-cert,"
              + " application/x-pem-file");
    }
    byte[] payload = encoding.isEmpty() ? sent : decoded(sent, encoding);
    if (payload.length == 0) {
      throw Refused.bad("Provided object does not match schema 'Secret': the payload is empty");
    }
    if (payload.length > MOST_BYTES) {
      throw Refused.tooLarge(
          "Provided information too large to process: a payload has at most "
              + MOST_BYTES
              + " bytes");
    }
    return secret.withPayload(plainType, store.encrypt(secret.id(), payload));
  }

  private static byte[] decoded(byte[] sent, String encoding) {
    if (!encoding.equals("base64")) {
      throw Refused.bad("payload_content_encoding is not base64");
    }
    try {
      return Base64.getMimeDecoder().decode(sent);
    } catch (IllegalArgumentException e) {
      throw Refused.bad("The payload is not valid base64.");
    }
  }

  /// The second of two steps: the payload comes as the body.
  Reply store(Caller caller, Request request) {
    String id = writable(caller, request).id();
    String type = request.header("content-type").orElse("");
    String encoding = request.header("content-encoding").orElse("");
    store.changeSecret(
        id,
        it -> {
          if (it.hasPayload()) {
            throw Refused.conflict("Secret already has data, cannot modify it.");
          }
          Owned owned = it.owned().touched(clock.instant());
          return filled(it.with(owned), request.body(), type, encoding);
        });
    return Reply.empty(204);
  }

  Reply show(Caller caller, Request request) {
    Secret secret = found(visible(caller, request).id());
    String accept = request.header("accept").orElse("");
    boolean wantsPayload = secret.hasPayload() && secret.contentType().equals(plain(accept));
    return wantsPayload ? payload(caller, request) : Reply.json(200, json(secret, request));
  }

  Reply payload(Caller caller, Request request) {
    Secret secret = found(readable(caller, request).id());
    if (!secret.hasPayload()) {
      throw Refused.notFound("Payload");
    }
    String accept = request.header("accept").orElse("*/*").toLowerCase(Locale.ROOT);
    boolean acceptable =
        accept.isBlank() || accept.contains("*/*") || accept.contains(secret.contentType());
    if (!acceptable) {
      throw Refused.notAcceptable();
    }
    return payload(secret);
  }

  private Reply payload(Secret secret) {
    return new Reply(200, Map.of("Content-Type", secret.contentType()), store.payload(secret));
  }

  Reply delete(Caller caller, Request request) {
    String id = request.parameter("id");
    Owned owned = store.secret(id).orElseThrow(() -> Refused.notFound("Secret")).owned();
    if (!owned.writableBy(caller)) {
      throw Refused.forbidden("Secret");
    }
    store.removeSecret(id);
    return Reply.empty(204);
  }

  /// Clients that do not ask for version 1.1 fail on a secret with consumers.
  private static boolean knowsConsumers(Request request) {
    return request
        .header("openstack-api-version")
        .filter(it -> it.contains("key-manager 1.1") || it.contains("key-manager latest"))
        .isPresent();
  }

  private ObjectNode json(Secret secret, Request request) {
    Owned owned = secret.owned();
    ObjectNode json =
        Json.object()
            .put("status", "ACTIVE")
            .put("name", owned.name())
            .put("created", Lists.time(owned.created()))
            .put("updated", Lists.time(owned.updated()))
            .put("creator_id", owned.creator());
    secret.description().properties().forEach(it -> json.set(it.getKey(), it.getValue()));
    if (secret.hasPayload()) {
      json.putObject("content_types").put("default", secret.contentType());
    }
    if (knowsConsumers(request)) {
      json.set("consumers", owned.consumersJson());
    }
    return json.put("secret_ref", reference(secret.id()));
  }
}
