package agrippa.cloud.secret;

import static java.lang.System.Logger.Level.DEBUG;

import agrippa.cloud.openstack.Answer;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.ServiceClient.Question;
import agrippa.control.Caller;
import agrippa.web.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Enters the service user in the access lists of what callers use, as Octavia's
/// `BarbicanACLAuth.ensure_secret_access` does.
final class Grants {
  private static final System.Logger LOG = System.getLogger(Grants.class.getName());

  private final ServiceClient barbican;

  Grants(ServiceClient barbican) {
    this.barbican = barbican;
  }

  /// @return whether the caller may read this and, of a container, all that is in it
  boolean grant(Caller caller, Reference reference) {
    Answer answer = barbican.asCaller(caller, Question.get(reference.path()));
    if (!answer.ok()) {
      return false;
    }
    enter(caller, reference);
    return switch (reference.kind()) {
      case SECRET -> true;
      case CONTAINER ->
          BarbicanReader.parts(answer.json()).values().stream().allMatch(it -> grant(caller, it));
    };
  }

  /// If the caller may not change the list, the service user may still be allowed to read; whether
  /// it is comes out when it does.
  private void enter(Caller caller, Reference reference) {
    String path = reference.path() + "/acl";
    Answer answer = barbican.asCaller(caller, Question.get(path));
    JsonNode read = answer.json().path("read");
    String self = barbican.userId();
    if (!answer.ok()
        || read.path("users").valueStream().anyMatch(it -> it.asString("").equals(self))) {
      return;
    }
    ObjectNode body = Json.object();
    ObjectNode changed = body.putObject("read");
    ArrayNode users = changed.putArray("users");
    read.path("users").forEach(users::add);
    users.add(self);
    changed.put("project-access", read.path("project-access").asBoolean(true));
    Answer change = barbican.asCaller(caller, Question.of("PATCH", path, body));
    if (!change.ok()) {
      LOG.log(DEBUG, "the access list of {0} stays: {1}", reference.key(), change);
    }
  }
}
