package agrippa.cloud.compute;

import agrippa.web.Json;
import agrippa.web.Reply;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// A request that cannot be granted, in Nova's words.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final Map<Integer, String> NAMES =
      Map.of(
          400, "badRequest",
          403, "forbidden",
          404, "itemNotFound",
          405, "badMethod",
          406, "notAcceptable",
          409, "conflictingRequest",
          413, "overLimit",
          501, "notImplemented",
          503, "serviceUnavailable");

  private final int status;

  private Refused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static Refused of(int status, String message) {
    return new Refused(status, message);
  }

  static Refused bad(String message) {
    return new Refused(400, message);
  }

  /// What a JSON schema says of a value.
  static Refused invalid(String attribute, String reason) {
    return bad("Invalid input for field/attribute " + attribute + ". " + reason);
  }

  static Refused unauthorized() {
    return new Refused(401, "The request you have made requires authentication.");
  }

  /// @param rule such as `os-flavor-manage:create`
  static Refused policy(String rule) {
    return new Refused(403, "Policy doesn't allow os_compute_api:" + rule + " to be performed.");
  }

  static Refused notFound(String message) {
    return new Refused(404, message);
  }

  static Refused noServer(String id) {
    return notFound("Instance " + id + " could not be found.");
  }

  static Refused conflict(String message) {
    return new Refused(409, message);
  }

  static Refused state(String action, UUID server, String kind, String state) {
    return conflict(
        "Cannot '" + action + "' instance " + server + " while it is in " + kind + " " + state);
  }

  int status() {
    return status;
  }

  Reply reply() {
    return reply(status, String.valueOf(getMessage()));
  }

  static Reply reply(int status, String message) {
    ObjectNode body = Json.object();
    if (status == 401) {
      // This one comes from Keystone's part of the pipeline.
      body.putObject("error").put("code", 401).put("title", "Unauthorized").put("message", message);
    } else {
      body.putObject(NAMES.getOrDefault(status, "computeFault"))
          .put("code", status)
          .put("message", message);
    }
    return Reply.json(status, body);
  }
}
