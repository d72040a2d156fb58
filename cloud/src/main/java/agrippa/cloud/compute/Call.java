package agrippa.cloud.compute;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Request;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request of somebody known.
///
/// @param minor the microversion 2.x that the answer shall have
record Call(Caller caller, Request request, int minor) {
  static final int LATEST = 90;

  /// What was asked for in `OpenStack-API-Version`, or in the older header of Nova's own; else 2.1.
  ///
  /// @throws Refused if there is no such version
  static int minor(Request request) {
    String asked =
        request
            .header("openstack-api-version")
            .filter(it -> it.strip().startsWith("compute "))
            .map(it -> it.strip().substring("compute ".length()).strip())
            .or(() -> request.header("x-openstack-nova-api-version").map(String::strip))
            .orElse("2.1");
    if (asked.equals("latest")) {
      return LATEST;
    }
    if (!asked.matches("[1-9]\\d{0,3}\\.(0|[1-9]\\d{0,3})")) {
      throw Refused.bad(
          "API Version String "
              + shown(asked)
              + " is of invalid format. Must be of format MajorNum.MinorNum.");
    }
    int minor = Integer.parseInt(asked.substring(asked.indexOf('.') + 1));
    if (!asked.startsWith("2.") || minor < 1 || minor > LATEST) {
      throw Refused.of(
          406,
          "Version "
              + asked
              + " is not supported by the API. Minimum is 2.1 and maximum is 2."
              + LATEST
              + ".");
    }
    return minor;
  }

  private static String shown(String text) {
    return text.length() > 40 ? text.substring(0, 40) : text;
  }

  boolean since(int version) {
    return minor >= version;
  }

  String parameter(String name) {
    return request.parameter(name);
  }

  /// The caller's project.
  ///
  /// @throws Refused if the token has none
  ProjectId project() {
    ProjectId project = caller.project();
    if (project == null) {
      throw Refused.bad("Malformed request URL: a token without a project cannot be used here.");
    }
    return project;
  }

  void needAdmin(String rule) {
    if (!caller.admin()) {
      throw Refused.policy(rule);
    }
  }

  ObjectNode body() {
    return Json.parse(request.body())
        .filter(JsonNode::isObject)
        .map(ObjectNode.class::cast)
        .orElseThrow(() -> Refused.bad("Malformed request body"));
  }

  /// The object under a key of the body.
  ObjectNode body(String key) {
    JsonNode value = body().path(key);
    if (!(value instanceof ObjectNode object)) {
      throw Refused.invalid(key, "'" + key + "' is a required property");
    }
    return object;
  }

  static Optional<UUID> uuid(String text) {
    return text.matches("[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
        ? Optional.of(
            UUID.fromString(
                text.replace("-", "")
                    .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")))
        : Optional.empty();
  }

  /// A link of an answer.
  static ObjectNode link(String relation, String href) {
    return Json.object().put("rel", relation).put("href", href);
  }
}
