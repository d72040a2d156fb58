package agrippa.cloud.fabric;

import agrippa.cloud.fabric.FabricPlan.Prefix;
import agrippa.cloud.fabric.FabricPlan.Route;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a namespace has now.
///
/// @param devices by name
/// @param routes but those that the kernel made itself
record Survey(Map<String, Device> devices, Set<Route> routes) {
  private static final Survey NOTHING = new Survey(Map.of(), Set.of());

  /// @param index of it in its namespace
  /// @param other index of the other end of a pair in that one's namespace
  /// @param master the bridge, or null
  /// @param addresses but those that the kernel made itself
  record Device(
      String name,
      int index,
      int other,
      String mac,
      int mtu,
      boolean up,
      @Nullable String master,
      Set<Prefix> addresses) {}

  /// That of one that is new.
  static Survey nothing() {
    return NOTHING;
  }

  static Survey of(Tools tools, String namespace) {
    Map<String, Device> devices = new LinkedHashMap<>();
    for (JsonNode it : tools.ask(namespace, "address", "show")) {
      Device device = device(it);
      devices.put(device.name(), device);
    }
    Set<Route> routes = new HashSet<>();
    for (String family : List.of("-4", "-6")) {
      for (JsonNode it : tools.ask(namespace, family, "route", "show")) {
        if (it.path("protocol").asString("").equals("static")) {
          routes.add(route(family, it));
        }
      }
    }
    return new Survey(devices, routes);
  }

  /// Devices alone: where bridges are there are no routes.
  static Survey ofDevices(Tools tools, String namespace) {
    Map<String, Device> devices = new LinkedHashMap<>();
    for (JsonNode it : tools.ask(namespace, "link", "show")) {
      Device device = device(it);
      devices.put(device.name(), device);
    }
    return new Survey(devices, Set.of());
  }

  private static Device device(JsonNode json) {
    Set<Prefix> addresses = new HashSet<>();
    for (JsonNode it : json.path("addr_info")) {
      if (!it.path("scope").asString("").equals("link")) {
        addresses.add(
            new Prefix(
                InetAddress.ofLiteral(it.path("local").asString("")),
                it.path("prefixlen").asInt(0)));
      }
    }
    return new Device(
        json.path("ifname").asString(""),
        json.path("ifindex").asInt(0),
        json.path("link_index").asInt(0),
        json.path("address").asString(""),
        json.path("mtu").asInt(0),
        json.path("flags").valueStream().anyMatch(it -> it.asString("").equals("UP")),
        json.has("master") ? json.path("master").asString("") : null,
        addresses);
  }

  private static Route route(String family, JsonNode json) {
    String to = json.path("dst").asString("");
    boolean ipv4 = family.equals("-4");
    return new Route(
        to.equals("default") ? FabricPlan.everything(ipv4) : prefix(to),
        InetAddress.ofLiteral(json.path("gateway").asString(ipv4 ? "0.0.0.0" : "::")),
        json.path("dev").asString(""));
  }

  /// `ip` leaves the length of a single address out.
  private static Prefix prefix(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? Prefix.host(InetAddress.ofLiteral(text))
        : new Prefix(
            InetAddress.ofLiteral(text.substring(0, slash)),
            Integer.parseInt(text.substring(slash + 1)));
  }
}
