package agrippa.cloud.identity;

import agrippa.web.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Where services are found, as tokens tell it.
final class Catalog {
  /// Stands for the program's public URL in the URLs of its own endpoints.
  static final String PUBLIC_URL = "{public_url}";

  private Catalog() {}

  /// @param publicUrl of the program, without trailing slash
  static ArrayNode of(Directory directory, String publicUrl) {
    ArrayNode catalog = Json.array();
    for (Entity service : directory.list(Kind.SERVICE)) {
      ArrayNode endpoints = Json.array();
      directory.list(Kind.ENDPOINT).stream()
          .filter(it -> it.text("service_id").equals(service.id()) && it.enabled())
          .forEach(it -> endpoints.add(endpoint(it, publicUrl)));
      if (service.enabled() && !endpoints.isEmpty()) {
        ObjectNode entry = catalog.addObject();
        entry.set("endpoints", endpoints);
        entry.put("id", service.id()).put("type", service.text("type")).put("name", service.name());
      }
    }
    return catalog;
  }

  private static ObjectNode endpoint(Entity endpoint, String publicUrl) {
    return Json.object()
        .put("id", endpoint.id())
        .put("interface", endpoint.text("interface"))
        .put("region_id", region(endpoint))
        .put("url", url(endpoint, publicUrl))
        .put("region", region(endpoint));
  }

  /// Clients give it under its old name or its new one, and want both.
  static String region(Entity endpoint) {
    String region = endpoint.text("region_id");
    return region.isEmpty() ? endpoint.text("region") : region;
  }

  static String url(Entity endpoint, String publicUrl) {
    return endpoint.text("url").replace(PUBLIC_URL, publicUrl);
  }
}
