package agrippa.cloud.fabric;

import agrippa.cloud.fabric.FabricPlan.Interface;
import agrippa.cloud.fabric.FabricPlan.Route;
import agrippa.cloud.fabric.Survey.Device;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the commands of `ip` that give interfaces their addresses, and their namespace its routes.
final class Furnishing {
  private Furnishing() {}

  /// In the interface's namespace.
  ///
  /// @param now the interface as it is, or null if it is new
  static List<String> of(Interface it, @Nullable Device now) {
    List<String> commands = new ArrayList<>();
    if (now != null) {
      now.addresses().stream()
          .filter(address -> !it.addresses().contains(address))
          .forEach(address -> commands.add("addr del " + address + " dev " + it.name()));
      if (now.mtu() != it.mtu()) {
        commands.add("link set %s mtu %d".formatted(it.name(), it.mtu()));
      }
    }
    // The one with the shortest prefix comes first, since it is what the namespace sends from.
    it.addresses().stream()
        .filter(address -> now == null || !now.addresses().contains(address))
        .sorted(Comparator.comparingInt(FabricPlan.Prefix::length))
        .map(address -> added(address, it.name()))
        .forEach(commands::add);
    if (now == null || now.up() != it.up()) {
      commands.add("link set " + it.name() + (it.up() ? " up" : " down"));
    }
    return commands;
  }

  /// Addresses are ours to give: nobody has to ask around whether they are free (RFC 4862, section
  /// 5.4), for which sockets would have to wait.
  private static String added(FabricPlan.Prefix address, String device) {
    return "addr add " + address + " dev " + device + (address.ipv4() ? "" : " nodad");
  }

  /// Routes last: they need addresses, and go when an interface goes down.
  static List<String> of(Set<Route> wanted, Set<Route> now) {
    List<String> commands = new ArrayList<>();
    now.stream()
        .filter(it -> !wanted.contains(it))
        .forEach(it -> commands.add("route del " + it + " proto static"));
    wanted.forEach(it -> commands.add("route replace " + it + " proto static"));
    return commands;
  }
}
