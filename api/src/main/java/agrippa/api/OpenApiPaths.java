package agrippa.api;

import agrippa.api.Operation.Answer;
import agrippa.api.Operation.Parameter;
import agrippa.api.wire.JsonSchema;
import agrippa.web.Json;
import agrippa.web.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Describes routes.
///
/// @param schemas takes the schemas that are named
record OpenApiPaths(ObjectNode schemas) {
  static final String TOKEN = "token";
  static final String REQUEST_ID = "x-openstack-request-id";

  private static final String JSON = "application/json";
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([a-z]+)}");

  /// Path parameters that are UUIDs.
  private static final Set<String> IDS = Set.of("id", "pool", "policy");

  ObjectNode of(List<Routes.Route> routes) {
    ObjectNode paths = Json.object();
    for (Routes.Route route : routes) {
      String canonical = canonical(route.template());
      ObjectNode path =
          paths.get(route.template()) instanceof ObjectNode known
              ? known
              : paths.putObject(route.template());
      if (!canonical.equals(route.template())) {
        path.put("$ref", reference(canonical));
      } else if (route.handler() instanceof Operation operation) {
        path.set(route.method().toLowerCase(Locale.ROOT), operation(route, operation));
      } else {
        throw new IllegalArgumentException("nothing describes " + route);
      }
    }
    return paths;
  }

  /// A JSON pointer in a URI, which can have no braces.
  private static String reference(String template) {
    return "#/paths/"
        + template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D");
  }

  /// The path whose alias a path is, or the path itself.
  private static String canonical(String template) {
    Matcher versioned = Pattern.compile("/v2(\\.0)?(/octavia|/lbaas)?(/.*)?").matcher(template);
    if (!versioned.matches()) {
      return template;
    }
    String root = "/octavia".equals(versioned.group(2)) ? "/octavia" : "/lbaas";
    String below = versioned.group(3);
    return "/v2.0" + root + (below == null ? "" : below);
  }

  private ObjectNode operation(Routes.Route route, Operation it) {
    boolean open = Access.OPEN.contains(route.template());
    ObjectNode json = Json.object();
    json.putArray("tags").add(it.tag());
    json.put("summary", it.summary()).put("operationId", id(it.summary()));
    ArrayNode parameters = Json.array();
    Matcher named = PATH_PARAMETER.matcher(route.template());
    while (named.find()) {
      parameters.add(inPath(named.group(1)));
    }
    it.query().forEach(query -> parameters.add(inQuery(query)));
    if (!parameters.isEmpty()) {
      json.set("parameters", parameters);
    }
    if (it.request() != null) {
      ObjectNode body = json.putObject("requestBody").put("required", true);
      body.putObject("content").set(JSON, media(it.request()));
    }
    json.set("responses", responses(it, refusals(route, it, open)));
    if (open) {
      json.putArray("security");
    } else {
      json.putArray("security").addObject().putArray(TOKEN);
    }
    return json;
  }

  private ObjectNode inPath(String name) {
    ObjectNode json = Json.object().put("name", name).put("in", "path").put("required", true);
    JsonSchema schema = IDS.contains(name) ? JsonSchema.UUID : JsonSchema.TEXT;
    json.set("schema", schema.json(schemas));
    return json;
  }

  private ObjectNode inQuery(Parameter it) {
    ObjectNode json =
        Json.object()
            .put("name", it.name())
            .put("in", "query")
            .put("description", it.description());
    if (it.schema().keywords().containsKey("items")) {
      json.put("explode", it.repeated());
    }
    json.set("schema", it.schema().json(schemas));
    return json;
  }

  private static Set<Integer> refusals(Routes.Route route, Operation it, boolean open) {
    Set<Integer> refusals = new TreeSet<>(it.refusals());
    if (!open) {
      refusals.addAll(Set.of(400, 401, 403, 406, 503));
    }
    if (route.template().contains("{")) {
      refusals.add(404);
    }
    return refusals;
  }

  private ObjectNode responses(Operation it, Set<Integer> refusals) {
    ObjectNode responses = Json.object();
    for (Answer answer : it.answers()) {
      JsonSchema body = answer.body();
      ObjectNode response =
          responses
              .putObject(String.valueOf(answer.status()))
              .put("description", body == null ? "Done." : "The answer.");
      response.set("headers", headers());
      if (body != null) {
        ObjectNode content = response.putObject("content");
        content.set(JSON, media(body));
        if (answer.textToo()) {
          content.set("text/plain", media(JsonSchema.TEXT));
        }
      }
    }
    refusals.forEach(
        status -> responses.set(String.valueOf(status), OpenApiErrors.reference(status)));
    return responses;
  }

  static ObjectNode headers() {
    ObjectNode headers = Json.object();
    headers.putObject(REQUEST_ID).put("$ref", "#/components/headers/" + REQUEST_ID);
    return headers;
  }

  private ObjectNode media(JsonSchema schema) {
    ObjectNode media = Json.object();
    media.set("schema", schema.json(schemas));
    return media;
  }

  /// The summary's words without articles, in camel case.
  private static String id(String summary) {
    List<String> words = new ArrayList<>();
    for (String word : summary.split(":")[0].split("[^A-Za-z0-9]+")) {
      if (!Set.of("a", "an", "the", "of", "what", "with").contains(word)) {
        words.add(word);
      }
    }
    var id = new StringBuilder(words.getFirst().toLowerCase(Locale.ROOT));
    for (String word : words.subList(1, words.size())) {
      id.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return id.toString();
  }
}
