package agrippa.api;

import agrippa.api.wire.JsonSchema;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The version document. Clients take its last entry for what a server can do.
final class Versions {
  /// When Octavia's minor versions appeared, from 2.0 on. Every attribute that they gave to the
  /// resources served here is served up to the last.
  private static final List<String> UPDATED =
      List.of(
          "2016-12-11T00:00:00Z",
          "2018-04-20T00:00:00Z",
          "2018-07-31T00:00:00Z",
          "2018-12-18T00:00:00Z",
          "2018-12-19T00:00:00Z",
          "2019-01-21T00:00:00Z",
          "2019-01-25T00:00:00Z",
          "2018-01-25T12:00:00Z",
          "2019-02-12T00:00:00Z",
          "2019-03-04T00:00:00Z",
          "2019-03-05T00:00:00Z",
          "2019-06-24T00:00:00Z",
          "2019-09-11T00:00:00Z",
          "2019-09-13T00:00:00Z",
          "2019-11-10T00:00:00Z",
          "2020-03-10T00:00:00Z",
          "2020-03-15T00:00:00Z",
          "2020-04-29T00:00:00Z",
          "2020-04-29T01:00:00Z",
          "2020-05-12T00:00:00Z",
          "2020-08-02T00:00:00Z",
          "2020-09-03T00:00:00Z",
          "2020-09-04T00:00:00Z",
          "2020-09-07T00:00:00Z",
          "2020-10-15T00:00:00Z",
          "2021-10-02T00:00:00Z",
          "2022-08-29T00:00:00Z",
          "2023-05-05T00:00:00Z",
          "2023-11-08T00:00:00Z",
          "2024-10-15T00:00:00Z",
          "2025-02-26T00:00:00Z");

  private Versions() {}

  /// Describes the document.
  static JsonSchema schema() {
    JsonSchema link =
        JsonSchema.object().having("rel", JsonSchema.TEXT).having("href", JsonSchema.TEXT);
    JsonSchema version =
        JsonSchema.object()
            .having("id", JsonSchema.TEXT)
            .having("status", JsonSchema.choice(List.of("SUPPORTED", "CURRENT")))
            .having("updated", JsonSchema.TEXT.with("format", "date-time"))
            .having("links", JsonSchema.list(link))
            .named("Version");
    return JsonSchema.wrapped("versions", JsonSchema.list(version));
  }

  static Reply list(Request request) {
    ObjectNode body = Json.object();
    ArrayNode versions = body.putArray("versions");
    for (int minor = 0; minor < UPDATED.size(); minor++) {
      ObjectNode version =
          versions
              .addObject()
              .put("id", "v2." + minor)
              .put("status", minor == UPDATED.size() - 1 ? "CURRENT" : "SUPPORTED")
              .put("updated", UPDATED.get(minor));
      version
          .putArray("links")
          .addObject()
          .put("rel", "self")
          .put("href", request.baseUrl() + "/v2");
    }
    return Reply.json(200, body);
  }

  /// What `/v2` and its like answer.
  static Reply name(Request request) {
    return Reply.json(200, Json.object().stringNode("v2"));
  }
}
