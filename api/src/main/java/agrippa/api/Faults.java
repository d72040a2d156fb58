package agrippa.api;

import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Every error that this API answers, with Octavia's code and exact text. It has three shapes: what
/// its handlers say, what its framework says, and what its authentication says.
final class Faults {
  private Faults() {}

  /// What a handler says.
  static Reply fault(int status, String faultstring) {
    ObjectNode body =
        Json.object()
            .put("faultcode", status < 500 ? "Client" : "Server")
            .put("faultstring", faultstring)
            .putNull("debuginfo");
    return Reply.json(status, body);
  }

  /// What the framework says before a handler is reached.
  static Reply framework(int status, String title, String description) {
    return Reply.json(
        status,
        Json.object().put("code", status).put("title", title).put("description", description));
  }

  /// What Keystone's middleware says.
  static Reply authentication(int status, String title, String message) {
    ObjectNode body = Json.object();
    body.putObject("error").put("code", status).put("title", title).put("message", message);
    return Reply.json(status, body);
  }

  static Reply of(Refusal refusal) {
    return switch (refusal) {
      case Refusal.NotFound(Kind kind, String id) ->
          fault(404, name(kind) + " " + id + " not found.");
      case Refusal.ReferenceNotFound(Kind kind, String id) ->
          fault(400, name(kind) + " " + id + " not found.");
      case Refusal.Forbidden() -> fault(403, "Policy does not allow this request to be performed.");
      case Refusal.QuotaMet(Countable kind) ->
          fault(403, "Quota has been met for resources: " + name(kind));
      case Refusal.Invalid(String detail) -> fault(400, "Validation failure: " + detail);
      case Refusal.InvalidOption(String value, String option) ->
          fault(400, value + " is not a valid option for " + option);
      case Refusal.NotAllowed(String option, String value) ->
          fault(400, "The selected " + option + " is not allowed in this deployment: " + value);
      case Refusal.MissingDetails(String type, String name) ->
          fault(400, "Missing details for " + type + " object: " + name);
      case Refusal.InvalidL7Policy(String detail) ->
          fault(400, "Invalid L7 Policy arguments: " + detail);
      case Refusal.InvalidL7Rule(String detail) -> fault(400, "Error parsing L7Rule: " + detail);
      case Refusal.PrometheusHasNoChildren() ->
          fault(400, "Protocol PROMETHEUS listeners cannot have child objects.");
      case Refusal.SriovNotAllowed() ->
          fault(400, "The load balancer flavor does not allow SR-IOV member ports.");
      case Refusal.CertificatesUnreadable it ->
          fault(400, "Could not retrieve certificate: " + quoted(it));
      case Refusal.BundleUnreadable(String detail) ->
          fault(
              400,
              "The PKCS12 bundle is unreadable. Please check the PKCS12 bundle validity. In "
                  + "addition, make sure it does not require a pass phrase. Error: "
                  + detail);
      case Refusal.CertificateWithoutNames() ->
          fault(400, "No CN or DNSName(s) found in certificate. The certificate is invalid.");
      case Refusal.ProviderNotEnabled(String provider) ->
          fault(400, "Provider '" + provider + "' is not enabled.");
      case Refusal.Immutable(Kind kind, String id) ->
          fault(409, immutable(kind) + " " + id + " is immutable and cannot be updated.");
      case Refusal.InvalidState it ->
          fault(
              409,
              "Invalid state " + it.status() + " of loadbalancer resource " + it.loadBalancer());
      case Refusal.DuplicateListener it ->
          fault(
              409,
              "Another Listener on this Load Balancer is already using protocol %s and protocol_port %d"
                  .formatted(it.existing(), it.protocolPort()));
      case Refusal.DuplicateMember(String address, int port) ->
          fault(
              409,
              "Another member on this pool is already using ip %s on protocol_port %d"
                  .formatted(address, port));
      case Refusal.DuplicateHealthMonitor() -> fault(409, "This pool already has a health monitor");
      case Refusal.DuplicateDefaultPool() -> fault(409, "This listener already has a default pool");
      case Refusal.PoolInUse(String pool, String policy) ->
          fault(409, "Pool " + pool + " is in use by L7 policy " + policy);
      case Refusal.InUse(Kind kind, String id) ->
          fault(409, inUse(kind) + " " + id + " is in use and cannot be modified.");
      case Refusal.NameTaken(Kind kind, String name) ->
          fault(
              409,
              "A %s of %s already exists.".formatted(name(kind).toLowerCase(Locale.ROOT), name));
      case Refusal.FlavorIncompatible(String flavor, String provider) ->
          fault(
              400, "Flavor '%s' is not compatible with provider '%s'".formatted(flavor, provider));
      case Refusal.TooManyRules(String policy) ->
          fault(409, "Too many rules on L7 policy " + policy);
      case Refusal.VipInUse(String detail) ->
          fault(409, "The VIP IP address is already in use: " + detail);
      case Refusal.UnsupportedOption(String provider, String detail) ->
          fault(501, "Provider '" + provider + "' does not support a requested option: " + detail);
      case Refusal.UnsupportedAction(String provider, String detail) ->
          fault(501, "Provider '" + provider + "' does not support a requested action: " + detail);
      case Refusal.ProviderFailed(String provider, String detail) ->
          fault(500, "Provider '" + provider + "' reports error: " + detail);
    };
  }

  private static String quoted(Refusal.CertificatesUnreadable it) {
    return it.references().stream().collect(Collectors.joining("', '", "['", "']"));
  }

  private static String name(Kind kind) {
    return switch (kind) {
      case LOAD_BALANCER -> "Load Balancer";
      case LISTENER -> "Listener";
      case POOL -> "Pool";
      case MEMBER -> "Member";
      case HEALTH_MONITOR -> "Health Monitor";
      case L7_POLICY -> "L7 Policy";
      case L7_RULE -> "L7 Rule";
      case NETWORK -> "Network";
      case SUBNET -> "Subnet";
      case PORT -> "Port";
      case QOS_POLICY -> "qos_policy";
      case SECURITY_GROUP -> "Security Group";
      case QUOTAS -> "Quotas";
      case AMPHORA -> "Amphora";
      case AMPHORA_STATISTICS -> "Amphora stats for";
      case FLAVOR -> "Flavor";
      case FLAVOR_PROFILE -> "Flavor Profile";
      case AVAILABILITY_ZONE -> "Availability Zone";
      case AVAILABILITY_ZONE_PROFILE -> "Availability Zone Profile";
    };
  }

  private static String name(Countable kind) {
    return switch (kind) {
      case LOAD_BALANCER -> name(Kind.LOAD_BALANCER);
      case LISTENER -> name(Kind.LISTENER);
      case POOL -> name(Kind.POOL);
      case MEMBER -> name(Kind.MEMBER);
      case HEALTH_MONITOR -> name(Kind.HEALTH_MONITOR);
      case L7_POLICY -> name(Kind.L7_POLICY);
      case L7_RULE -> name(Kind.L7_RULE);
    };
  }

  /// Octavia writes this kind in two ways.
  private static String inUse(Kind kind) {
    return kind == Kind.FLAVOR_PROFILE ? "Flavor profile" : name(kind);
  }

  /// Octavia names some things otherwise when they are at work.
  private static String immutable(Kind kind) {
    if (kind == Kind.AMPHORA) {
      return "amphora";
    }
    return kind == Kind.L7_POLICY ? "L7Policy" : name(kind);
  }
}
