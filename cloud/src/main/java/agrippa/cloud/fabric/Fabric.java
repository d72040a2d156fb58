package agrippa.cloud.fabric;

import agrippa.cloud.fabric.FabricPlan.Host;
import agrippa.cloud.fabric.FabricPlan.Interface;
import agrippa.cloud.fabric.FabricPlan.Namespace;
import agrippa.cloud.fabric.FabricPlan.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes the kernel match a plan, from whatever it holds: what is right stays untouched, what is
/// not is mended, what is left over goes. The first time it looks at everything, since another
/// process may have left it half done; later at what changed, and at what failed before.
public final class Fabric {
  private final Names names;
  private final Tools tools;
  private final ReentrantLock turn = new ReentrantLock();
  // All guarded by `turn`. What is in place, and was looked at.
  private final Map<String, Namespace> furnished = new HashMap<>();
  private Host host = Host.NOTHING;
  private @Nullable FabricPlan applied;
  private String guards = "";

  /// Does nothing yet.
  ///
  /// @param state the folder of all state: what is made in the kernel is named after it
  public Fabric(Path state) {
    this.names = new Names(state);
    this.tools = new Tools(names);
  }

  /// The file of a namespace, whether it is there or not.
  ///
  /// @param name as in the plan
  public Path file(String name) {
    return names.file(name);
  }

  /// What interfaces of this process's own namespace must be called.
  ///
  /// @param index tells them apart, from 0 to 9
  public String hostInterface(int index) {
    return names.own() + index;
  }

  /// Makes the kernel match. May block for some milliseconds for each namespace that changed.
  ///
  /// @return what could not be done, by the namespace's name
  /// @throws FabricException if nothing can be done
  public Map<String, String> apply(FabricPlan plan) {
    turn.lock();
    try {
      Map<String, Namespace> wanted = new LinkedHashMap<>();
      plan.namespaces().forEach(it -> wanted.put(it.name(), it));
      Set<String> fresh = namespaces(wanted.keySet());
      List<Namespace> changed =
          wanted.values().stream().filter(it -> !it.equals(furnished.get(it.name()))).toList();
      if (changed.isEmpty() && plan.equals(applied)) {
        return Map.of();
      }
      Map<String, String> failures = realize(plan, changed, fresh);
      applied = failures.isEmpty() ? plan : null;
      return failures;
    } catch (FabricException e) {
      applied = null;
      throw e;
    } finally {
      turn.unlock();
    }
  }

  /// Removes namespaces that shall not be, and adds those that are missing.
  ///
  /// @return those that are new
  private Set<String> namespaces(Set<String> wanted) {
    Set<String> present = names.present();
    List<String> commands = new ArrayList<>();
    for (String it : present) {
      if (!wanted.contains(it) && !it.equals(Names.FABRIC)) {
        commands.add("netns del " + names.full(it));
        furnished.remove(it);
      }
    }
    Set<String> fresh = new TreeSet<>(wanted);
    fresh.add(Names.FABRIC);
    fresh.removeAll(present);
    fresh.forEach(it -> commands.add("netns add " + names.full(it)));
    if (fresh.contains(Names.FABRIC)) {
      // Somebody removed all bridges.
      furnished.clear();
      host = Host.NOTHING;
      guards = "";
    }
    tools
        .batch(Names.OWN, commands)
        .ifPresent(
            it -> {
              throw new FabricException("cannot make network namespaces: " + it);
            });
    fresh.forEach(furnished::remove);
    return fresh;
  }

  private Map<String, String> realize(FabricPlan plan, List<Namespace> changed, Set<String> fresh) {
    Map<String, String> failures = new HashMap<>();
    // Before anything can send.
    guard(plan);
    Map<String, Survey> surveys =
        changed.stream()
            .map(Namespace::name)
            .collect(Collectors.toMap(Function.identity(), it -> survey(it, fresh)));
    Survey own = host.equals(plan.host()) ? Survey.nothing() : Survey.of(tools, Names.OWN);
    Wiring wiring = new Wiring(Survey.ofDevices(tools, Names.FABRIC), plan);
    for (Namespace it : changed) {
      Survey there = surveys.getOrDefault(it.name(), Survey.nothing());
      it.interfaces().forEach(each -> wiring.pair(each, there, names.full(it.name())));
    }
    if (!host.equals(plan.host())) {
      String here = Long.toString(ProcessHandle.current().pid());
      plan.host().interfaces().forEach(it -> wiring.pair(it, own, here));
    }
    tools.batch(Names.FABRIC, wiring.commands()).ifPresent(it -> failures.put(Names.FABRIC, it));
    for (Namespace it : changed) {
      Survey there = surveys.getOrDefault(it.name(), Survey.nothing());
      furnish(it, there, wiring)
          .ifPresentOrElse(
              failure -> failures.put(it.name(), failure), () -> furnished.put(it.name(), it));
    }
    if (!host.equals(plan.host())) {
      furnishHost(plan, own, wiring).ifPresent(it -> failures.put(Names.OWN, it));
    }
    return failures;
  }

  private Survey survey(String namespace, Set<String> fresh) {
    return fresh.contains(namespace) ? Survey.nothing() : Survey.of(tools, namespace);
  }

  /// All ports have the same guards: without them, nothing may be wired.
  private void guard(FabricPlan plan) {
    String next = Guards.of(plan);
    if (next.equals(guards)) {
      return;
    }
    // What is there if it fails is not known.
    guards = "";
    tools
        .filter(Names.FABRIC, "bridge", next)
        .ifPresent(
            it -> {
              throw new FabricException("cannot guard ports: " + it);
            });
    guards = next;
  }

  private Optional<String> furnish(Namespace it, Survey now, Wiring wiring) {
    // Before anything can arrive.
    Optional<String> failure = tools.filter(it.name(), "inet", it.filter());
    if (failure.isEmpty() && it.forwarding()) {
      failure = tools.forwarding(it.name(), true);
    }
    List<String> commands = new ArrayList<>();
    Set<String> kept = it.interfaces().stream().map(Interface::name).collect(Collectors.toSet());
    now.devices().keySet().stream()
        .filter(device -> !device.equals("lo") && !kept.contains(device))
        .forEach(device -> commands.add("link del " + device));
    commands.add("link set lo up");
    commands.addAll(furnished(it.interfaces(), now, wiring));
    commands.addAll(routed(it.interfaces(), it.routes(), now, wiring));
    return failure.or(() -> tools.batch(it.name(), commands));
  }

  private Optional<String> furnishHost(FabricPlan plan, Survey now, Wiring wiring) {
    List<String> commands = furnished(plan.host().interfaces(), now, wiring);
    commands.addAll(routed(plan.host().interfaces(), plan.host().routes(), now, wiring));
    Optional<String> failure = tools.batch(Names.OWN, commands);
    host = failure.isEmpty() ? plan.host() : Host.NOTHING;
    return failure;
  }

  private static List<String> furnished(List<Interface> all, Survey now, Wiring wiring) {
    List<String> commands = new ArrayList<>();
    for (Interface it : all) {
      commands.addAll(Furnishing.of(it, wiring.makes(it) ? null : now.devices().get(it.name())));
    }
    return commands;
  }

  /// Routes through other interfaces went with them, or are the machine's own.
  private static List<String> routed(
      List<Interface> all, Set<Route> wanted, Survey now, Wiring wiring) {
    Set<String> kept =
        all.stream()
            .filter(it -> !wiring.makes(it))
            .map(Interface::name)
            .collect(Collectors.toSet());
    return Furnishing.of(
        wanted,
        now.routes().stream().filter(it -> kept.contains(it.device())).collect(Collectors.toSet()));
  }

  /// Removes every trace, also of an Agrippa that is no more.
  public void removeAll() {
    turn.lock();
    try {
      List<String> commands =
          names.present().stream().map(it -> "netns del " + names.full(it)).toList();
      tools
          .batch(Names.OWN, commands)
          .ifPresent(
              it -> {
                throw new FabricException("cannot remove network namespaces: " + it);
              });
      furnished.clear();
      host = Host.NOTHING;
      guards = "";
      applied = null;
    } finally {
      turn.unlock();
    }
  }
}
