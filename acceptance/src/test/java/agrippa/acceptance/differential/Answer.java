package agrippa.acceptance.differential;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// What was answered.
///
/// @param headers those that clients act on, by lower-case name
/// @param body missing if there was none; a text if it is no JSON
public record Answer(int status, Map<String, String> headers, JsonNode body) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String[] SIGNIFICANT = {
    "allow", "content-type", "location", "www-authenticate", "x-openstack-request-id"
  };

  static Answer of(HttpResponse<String> response) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : SIGNIFICANT) {
      response.headers().firstValue(name).ifPresent(it -> headers.put(name, it));
    }
    return new Answer(response.statusCode(), headers, body(response.body()));
  }

  /// The connection ended without one.
  static Answer none() {
    return new Answer(0, Map.of(), MissingNode.getInstance());
  }

  private static JsonNode body(String text) {
    if (text.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      return JSON.getNodeFactory().stringNode(text);
    }
  }

  boolean good() {
    return status / 100 == 2;
  }

  String text() {
    return status + " " + body;
  }
}
