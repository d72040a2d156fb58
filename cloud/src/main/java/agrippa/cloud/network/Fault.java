package agrippa.cloud.network;

import agrippa.web.Json;
import agrippa.web.Reply;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// A request that cannot be granted, in Neutron's words. Ends whatever is being made up.
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;

  private Fault(int status, String type, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  /// What the fault says, never null.
  String text() {
    return String.valueOf(getMessage());
  }

  Reply reply() {
    ObjectNode body = Json.object();
    body.putObject("NeutronError").put("type", type).put("message", text()).put("detail", "");
    return Reply.json(status, body);
  }

  static Fault badRequest(String message) {
    return new Fault(400, "HTTPBadRequest", message);
  }

  /// Of a kind that Neutron has its own name for.
  static Fault badRequest(String type, String message) {
    return new Fault(400, type, message);
  }

  static Fault conflict(String type, String message) {
    return new Fault(409, type, message);
  }

  /// A value that has the wrong form.
  static Fault invalid(String attribute, String reason) {
    return badRequest("Invalid input for " + attribute + ". Reason: " + reason);
  }

  /// A value that has the right form but makes no sense here.
  static Fault senseless(String detail) {
    return badRequest("InvalidInput", "Invalid input for operation: " + detail + ".");
  }

  static Fault forbidden(String rule) {
    return new Fault(403, "PolicyNotAuthorized", "rule:" + rule + " is disallowed by policy");
  }

  /// Of an attribute that only others may say.
  static Fault forbidden(String rule, String attribute) {
    return new Fault(
        403,
        "PolicyNotAuthorized",
        "(rule:%s and rule:%s:%s) is disallowed by policy".formatted(rule, rule, attribute));
  }

  static Fault noPath() {
    return new Fault(404, "HTTPNotFound", "The resource could not be found.");
  }

  static Fault noMethod() {
    return new Fault(
        405, "HTTPMethodNotAllowed", "The method is not allowed for the requested URL.");
  }

  static Fault tooLarge() {
    return new Fault(413, "HTTPRequestEntityTooLarge", "The body of the request is too large.");
  }

  static Fault unavailable() {
    return new Fault(
        503, "HTTPServiceUnavailable", "The identity service does not answer; try again later.");
  }

  static Fault internal() {
    return new Fault(
        500,
        "HTTPInternalServerError",
        "Request Failed: internal server error while processing your request.");
  }

  static Fault notFound(Kind kind, UUID id) {
    return notFound(kind, id.toString());
  }

  static Fault notFound(Kind kind, String id) {
    return switch (kind) {
      case NETWORK -> notFound("NetworkNotFound", "Network " + id + " could not be found.");
      case SUBNET -> notFound("SubnetNotFound", "Subnet " + id + " could not be found.");
      case PORT -> notFound("PortNotFound", "Port " + id + " could not be found.");
      case ROUTER -> notFound("RouterNotFound", "Router " + id + " could not be found");
      case FLOATING_IP ->
          notFound("FloatingIPNotFound", "Floating IP " + id + " could not be found");
      case SECURITY_GROUP ->
          notFound("SecurityGroupNotFound", "Security group " + id + " does not exist");
      case SECURITY_GROUP_RULE ->
          notFound("SecurityGroupRuleNotFound", "Security group rule " + id + " does not exist");
      case SUBNET_POOL ->
          notFound("SubnetPoolNotFound", "Subnet pool " + id + " could not be found.");
      case QOS_POLICY -> notFound("QosPolicyNotFound", "QoS policy " + id + " could not be found.");
    };
  }

  static Fault notFound(String type, String message) {
    return new Fault(404, type, message);
  }
}
