package agrippa.api;

import agrippa.api.Operation.Parameter;
import agrippa.api.wire.JsonSchema;
import agrippa.control.Catalog;
import agrippa.control.ControlSettings;
import agrippa.control.Refusal;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Shelf;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/providers`: the names that load balancers may ask for, and what their profiles may say. Other
/// query parameters than those used here are passed over, as in Octavia.
final class ProvidersResource {
  private static final JsonSchema ITEM =
      JsonSchema.object()
          .having("name", JsonSchema.TEXT)
          .having("description", JsonSchema.TEXT)
          .named("NameAndDescription");

  private final Gateway gateway;
  private final ControlSettings.Providers providers;
  private final Catalog catalog;

  ProvidersResource(Gateway gateway, ControlSettings.Providers providers, Catalog catalog) {
    this.gateway = gateway;
    this.providers = providers;
    this.catalog = catalog;
  }

  /// Describes an operation here.
  ///
  /// @param plural key of the answer
  static Operation operation(String summary, String plural, Routes.Handler handler) {
    return Operation.reading(
            "Providers", summary, JsonSchema.wrapped(plural, JsonSchema.list(ITEM)), handler)
        .taking(Listing.fields(ITEM));
  }

  /// As [#operation], with the filters that capabilities have.
  static Operation filtered(String summary, String plural, Routes.Handler handler) {
    return operation(summary, plural, handler)
        .taking(
            Listing.fields(ITEM),
            new Parameter("name", "Has this name.", JsonSchema.TEXT),
            new Parameter("description", "Has this description.", JsonSchema.TEXT));
  }

  Reply list(Request request) {
    gateway.require(Subject.PROVIDER.to(Verb.GET_ALL));
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray("providers");
    providers
        .descriptions()
        .forEach((name, description) -> items.add(item(request, name, description)));
    return Reply.json(200, body);
  }

  Reply flavorCapabilities(Request request) {
    return capabilities(request, "flavor_capabilities", Shelf.FLAVORS);
  }

  Reply zoneCapabilities(Request request) {
    return capabilities(request, "availability_zone_capabilities", Shelf.AVAILABILITY_ZONES);
  }

  private Reply capabilities(Request request, String plural, Shelf shelf) {
    Subject subject =
        switch (shelf) {
          case FLAVORS -> Subject.PROVIDER_FLAVOR;
          case AVAILABILITY_ZONES -> Subject.PROVIDER_AVAILABILITY_ZONE;
        };
    gateway.require(subject.to(Verb.GET_ALL));
    String provider = request.parameter("provider");
    if (!providers.descriptions().containsKey(provider)) {
      throw new RefusedException(new Refusal.ProviderNotEnabled(provider));
    }
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray(plural);
    catalog.capabilities(shelf).stream()
        .filter(it -> asked(request, "name", it.name()))
        .filter(it -> asked(request, "description", it.description()))
        .forEach(it -> items.add(item(request, it.name(), it.description())));
    return Reply.json(200, body);
  }

  private static boolean asked(Request request, String filter, String value) {
    return request.query(filter).map(value::equals).orElse(true);
  }

  private static ObjectNode item(Request request, String name, String description) {
    List<String> fields = request.query().getOrDefault("fields", List.of());
    ObjectNode item = Json.object().put("name", name).put("description", description);
    if (!fields.isEmpty()) {
      item.retain(Set.copyOf(fields));
    }
    return item;
  }
}
