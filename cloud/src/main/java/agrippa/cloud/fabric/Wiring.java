package agrippa.cloud.fabric;

import agrippa.cloud.fabric.FabricPlan.Bridge;
import agrippa.cloud.fabric.FabricPlan.Interface;
import agrippa.cloud.fabric.Survey.Device;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the commands of `ip` that make bridges, and pairs of interfaces between them and other
/// namespaces.
final class Wiring {
  private final Survey fabric;
  private final Set<String> wanted;
  private final List<String> commands = new ArrayList<>();
  private final Set<String> made = new HashSet<>();

  /// @param fabric what the fabric has now
  Wiring(Survey fabric, FabricPlan plan) {
    this.fabric = fabric;
    this.wanted = plan.devices();
    fabric.devices().keySet().stream()
        .filter(it -> !it.equals("lo") && !wanted.contains(it))
        .forEach(it -> commands.add("link del " + it));
    plan.bridges().forEach(this::bridge);
  }

  /// In the namespace of the bridges.
  List<String> commands() {
    return commands;
  }

  private void bridge(Bridge it) {
    Device now = fabric.devices().get(it.name());
    if (now == null) {
      commands.add(
          "link add %s mtu %d type bridge forward_delay 0 stp_state 0 mcast_snooping 0"
              .formatted(it.name(), it.mtu()));
      unaddressed(it.name());
    } else if (now.mtu() != it.mtu()) {
      commands.add("link set %s mtu %d".formatted(it.name(), it.mtu()));
    }
    if (now == null || !now.up()) {
      commands.add("link set " + it.name() + " up");
    }
  }

  /// Makes a pair unless it is there as it shall be.
  ///
  /// @param there what the interface's namespace has now
  /// @param netns how `ip` calls that namespace: a name or a process id
  void pair(Interface it, Survey there, String netns) {
    Device outer = fabric.devices().get(it.outer());
    Device inner = there.devices().get(it.name());
    if (outer == null || inner == null || !paired(outer, inner) || !inner.mac().equals(it.mac())) {
      if (outer != null) {
        commands.add("link del " + it.outer());
      }
      commands.add(
          "link add %s mtu %d type veth peer name %s netns %s address %s mtu %d"
              .formatted(it.outer(), it.mtu(), it.name(), netns, it.mac(), it.mtu()));
      unaddressed(it.outer());
      made.add(it.outer());
      outer = null;
    } else if (outer.mtu() != it.mtu()) {
      commands.add("link set %s mtu %d".formatted(it.outer(), it.mtu()));
    }
    attach(it, outer);
  }

  /// Nobody on a network shall talk to the switch.
  private void unaddressed(String device) {
    commands.add("link set " + device + " addrgenmode none");
  }

  private void attach(Interface it, @Nullable Device outer) {
    if (outer == null || !it.bridge().equals(outer.master())) {
      commands.add("link set %s master %s".formatted(it.outer(), it.bridge()));
    }
    if (outer == null || !outer.up()) {
      commands.add("link set " + it.outer() + " up");
    }
  }

  private static boolean paired(Device outer, Device inner) {
    return outer.other() == inner.index() && inner.other() == outer.index();
  }

  /// Whether the pair is being made anew, so that nothing of it has been set up.
  boolean makes(Interface it) {
    return made.contains(it.outer());
  }
}
