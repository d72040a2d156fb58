package agrippa.cloud.network;

import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import agrippa.cloud.network.Router.ExtraRoute;
import agrippa.cloud.network.Router.Gateway;
import agrippa.control.Caller;
import agrippa.web.Json;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Routers.
final class RouterCollection implements Collection<Router> {
  private static final int MOST_ROUTES = 30;

  private final RouterPorts ports;

  RouterCollection(RouterPorts ports) {
    this.ports = ports;
  }

  @Override
  public Kind kind() {
    return Kind.ROUTER;
  }

  @Override
  public Router create(Draft draft, Caller caller, Form form) {
    Meta meta = draft.meta(Access.owner(caller, form), "", "");
    Wish wish = wish(draft.state(), caller, null, form, "create_router");
    Router router = filled(new Router(meta, true, wish.gateway(), List.of()), caller, form);
    draft.add(router);
    ports.outside(draft, router, wish.addresses());
    return router;
  }

  @Override
  public Router update(Draft draft, Caller caller, Router before, Form form) {
    form.project();
    Wish wish = wish(draft.state(), caller, before.gateway(), form, "update_router");
    Router after = filled(before.with(wish.gateway()), caller, form);
    mustReach(draft.state(), after);
    if (form.has("external_gateway_info") && !same(draft.state(), before, wish)) {
      mustNotBeNeeded(draft.state(), before, wish.gateway());
      ports.noOutside(draft, before);
      Router changed = draft.change(after);
      ports.outside(draft, changed, wish.addresses());
      return changed;
    }
    return draft.change(after);
  }

  /// What shall be outside.
  ///
  /// @param addresses as `external_fixed_ips` of a port's form, or null for any
  private record Wish(@Nullable Gateway gateway, @Nullable ObjectNode addresses) {}

  private static Wish wish(
      NetworkState state, Caller caller, @Nullable Gateway before, Form form, String rule) {
    if (!form.has("external_gateway_info")) {
      return new Wish(before, null);
    }
    JsonNode info = form.anything("external_gateway_info");
    if (info == null || (info.isObject() && info.isEmpty())) {
      return new Wish(null, null);
    }
    if (!(info instanceof ObjectNode object)) {
      throw Fault.invalid(
          "external_gateway_info", "'" + info.asString("None") + "' is not a dictionary.");
    }
    Form outside = new Form(object, true);
    Network network = Access.network(caller, state, outside.fixedId("network_id"));
    if (!network.external()) {
      throw bad("Network " + network.id() + " is not an external network");
    }
    Access.admin(caller, outside, "enable_snat", rule + ":external_gateway_info");
    boolean snat = outside.flag("enable_snat", before == null || before.snat());
    JsonNode addresses = outside.anything("external_fixed_ips");
    outside.end();
    Gateway gateway = new Gateway(network.id(), snat);
    if (addresses == null) {
      return new Wish(gateway, null);
    }
    ObjectNode wanted = Json.object();
    wanted.set("fixed_ips", addresses);
    return new Wish(gateway, wanted);
  }

  private static boolean same(NetworkState state, Router before, Wish wish) {
    return wish.addresses() == null
        && Objects.equals(before.gateway(), wish.gateway())
        && (wish.gateway() == null || RouterPorts.outside(state, before.id()).isPresent());
  }

  private static void mustNotBeNeeded(NetworkState state, Router router, @Nullable Gateway next) {
    Gateway now = router.gateway();
    if (now == null || (next != null && next.network().equals(now.network()))) {
      return;
    }
    if (state.floatingIps().anyMatch(it -> router.id().equals(Routing.router(state, it)))) {
      throw Fault.conflict(
          "RouterExternalGatewayInUseByFloatingIp",
          "Gateway cannot be updated for router %s, since a gateway to external network %s is required by one or more floating IPs."
              .formatted(router.id(), now.network()));
    }
  }

  private static Router filled(Router base, Caller caller, Form form) {
    for (String name : List.of("distributed", "ha")) {
      Access.admin(caller, form, name, "create_router");
      if (form.flag(name, false)) {
        throw bad(name + " routers are not supported");
      }
    }
    form.nothing("flavor_id", "Flavor");
    form.list("availability_zone_hints", List.of(), it -> it);
    List<ExtraRoute> routes = form.list("routes", base.routes(), RouterCollection::route);
    mustNotBeMore(base, routes);
    Router router =
        new Router(
            base.meta()
                .labelled(
                    form.text("name", base.meta().name()),
                    form.text("description", base.meta().description())),
            form.flag("admin_state_up", base.adminStateUp()),
            base.gateway(),
            routes);
    form.end();
    return router;
  }

  /// Gives a router other routes.
  Router rerouted(Draft draft, Router router, List<ExtraRoute> routes) {
    mustNotBeMore(router, routes);
    Router after = new Router(router.meta(), router.adminStateUp(), router.gateway(), routes);
    mustReach(draft.state(), after);
    return draft.change(after);
  }

  private static void mustNotBeMore(Router router, List<ExtraRoute> routes) {
    if (routes.size() > MOST_ROUTES) {
      throw Fault.badRequest(
          "RoutesExhausted",
          "Unable to complete operation for %s. The number of routes exceeds the maximum %d."
              .formatted(router.id(), MOST_ROUTES));
    }
  }

  static ExtraRoute route(JsonNode it) {
    ExtraRoute route =
        new ExtraRoute(
            Form.cidr("routes", it.path("destination")), Form.read("routes", it.path("nexthop")));
    if (route.destination().version() != Addresses.version(route.nextHop())) {
      throw Fault.invalid("routes", "destination and nexthop are of different IP versions.");
    }
    return route;
  }

  /// Routes lead by way of machines that the router reaches.
  private static void mustReach(NetworkState state, Router router) {
    for (ExtraRoute it : router.routes()) {
      boolean reached =
          RouterPorts.of(state, router.id())
              .flatMap(port -> port.fixedIps().stream())
              .flatMap(ip -> state.subnet(ip.subnet()).stream())
              .anyMatch(subnet -> subnet.cidr().contains(it.nextHop()));
      if (!reached) {
        throw Fault.badRequest(
            "InvalidRoutes",
            "Invalid format for routes: %s, the nexthop is not connected with router"
                .formatted(it.destination()));
      }
    }
  }

  static Fault bad(String detail) {
    return Fault.badRequest("BadRequest", "Bad router request: " + detail + ".");
  }

  @Override
  public void delete(Draft draft, Caller caller, Router it) {
    String inside =
        RouterPorts.of(draft.state(), it.id())
            .filter(port -> !RouterPorts.isOutside(port))
            .map(port -> port.id().toString())
            .collect(Collectors.joining(","));
    if (!inside.isEmpty()) {
      throw Fault.conflict(
          "RouterInUse", "Router %s has ports still attached: %s".formatted(it.id(), inside));
    }
    mustNotBeNeeded(draft.state(), it, null);
    ports.noOutside(draft, it);
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, Router it) {
    ObjectNode json = it.json();
    if (json.get("external_gateway_info") instanceof ObjectNode outside) {
      ArrayNode addresses = outside.putArray("external_fixed_ips");
      RouterPorts.outside(state, it.id())
          .ifPresent(port -> port.fixedIps().forEach(ip -> add(addresses, ip)));
    }
    if (!caller.admin()) {
      json.remove(List.of("distributed", "ha"));
    }
    return json;
  }

  private static void add(ArrayNode addresses, FixedIp it) {
    addresses
        .addObject()
        .put("subnet_id", it.subnet().toString())
        .put("ip_address", Addresses.text(it.address()));
  }

  /// Whether a port belongs to a router.
  static boolean holds(Port port, UUID router) {
    return port.holder() instanceof Holder.Router it && it.router().equals(router);
  }
}
