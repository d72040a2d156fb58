package agrippa.cloud.openstack;

import agrippa.web.Json;
import java.net.http.HttpHeaders;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a service answered.
///
/// @param body of bounded size; may be a secret
public record Answer(int status, HttpHeaders headers, byte[] body) {
  /// The body as a tree; an empty object if it is no JSON.
  public JsonNode json() {
    return Json.parse(body).orElseGet(Json::object);
  }

  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  public boolean ok() {
    return status >= 200 && status < 300;
  }

  /// Whether the service could not do what it was asked to do now, and may do so later.
  boolean passing() {
    return status >= 500 || status == 429 || status == 408;
  }

  /// Leaves the body out.
  @Override
  public String toString() {
    return "Answer[" + status + "]";
  }
}
