package agrippa.api;

import agrippa.api.wire.JsonSchema;
import agrippa.web.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Describes what [Faults] answers.
final class OpenApiErrors {
  private static final JsonSchema FAULT =
      JsonSchema.object()
          .having("faultcode", JsonSchema.choice(List.of("Client", "Server")))
          .having("faultstring", JsonSchema.TEXT)
          .having("debuginfo", JsonSchema.TEXT.orNull())
          .named("Fault");
  private static final JsonSchema FRAMEWORK =
      JsonSchema.object()
          .having("code", JsonSchema.INTEGER)
          .having("title", JsonSchema.TEXT)
          .having("description", JsonSchema.TEXT)
          .named("FrameworkError");
  private static final JsonSchema AUTHENTICATION =
      JsonSchema.wrapped(
              "error",
              JsonSchema.object()
                  .having("code", JsonSchema.INTEGER)
                  .having("title", JsonSchema.TEXT)
                  .having("message", JsonSchema.TEXT))
          .named("AuthenticationError");

  /// Every status with which an operation refuses something.
  private static final Map<Integer, Meaning> ERRORS =
      Map.of(
          400,
          new Meaning(
              "The request is malformed, or against a rule.", JsonSchema.anyOf(FAULT, FRAMEWORK)),
          401,
          new Meaning("There is no token, or none that is valid.", AUTHENTICATION),
          403,
          new Meaning("The caller may not do that, or has used up a quota.", FAULT),
          404,
          new Meaning(
              "What the path or the body refers to is not there.",
              JsonSchema.anyOf(FAULT, FRAMEWORK)),
          406,
          new Meaning("The caller takes no JSON.", FRAMEWORK),
          409,
          new Meaning("It is at work, in use, or there already.", FAULT),
          413,
          new Meaning("The body is too long.", FRAMEWORK),
          415,
          new Meaning("The body is not said to be JSON.", FAULT),
          501,
          new Meaning("The data plane cannot do that.", FAULT),
          503,
          new Meaning(
              "A service that the request needs is unavailable.",
              JsonSchema.anyOf(FAULT, AUTHENTICATION)));

  private OpenApiErrors() {}

  private record Meaning(String description, JsonSchema body) {}

  /// All of them, by status.
  ///
  /// @param schemas takes the schemas that are named
  static ObjectNode responses(ObjectNode schemas) {
    ObjectNode responses = Json.object();
    new TreeMap<>(ERRORS)
        .forEach(
            (status, it) -> {
              ObjectNode response =
                  responses.putObject(name(status)).put("description", it.description);
              response.set("headers", OpenApiPaths.headers());
              response
                  .putObject("content")
                  .putObject("application/json")
                  .set("schema", it.body.json(schemas));
            });
    return responses;
  }

  /// Refers to one of them.
  static ObjectNode reference(int status) {
    if (!ERRORS.containsKey(status)) {
      throw new IllegalArgumentException("nothing is refused with " + status);
    }
    return Json.object().put("$ref", "#/components/responses/" + name(status));
  }

  private static String name(int status) {
    return "Error" + status;
  }
}
