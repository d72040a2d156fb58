package agrippa.proxy.kernel;

import agrippa.proxy.balance.Spread;
import agrippa.proxy.kernel.Service.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Which servers new work goes to, as a cycle of places. Pure.
final class Rotation {
  /// Most places of a cycle, or one for each server if these are more.
  private static final int LONGEST = 1_024;

  /// Fewest places that clients are hashed to: those of a server that is down are spread over the
  /// others the better, the more places it had.
  private static final int FEWEST_HASHED = 240;

  private Rotation() {}

  /// The servers in turn; empty if none is usable.
  static List<Server> places(Service service) {
    return switch (service.algorithm()) {
      case ROUND_ROBIN -> cycle(usable(service));
      case SOURCE_IP, SOURCE_IP_PORT -> hashed(service);
      case LEAST_CONNECTIONS -> throw new IllegalArgumentException("not for the kernel");
    };
  }

  /// Usable ones with a weight; backups, then all of them, only if there is no other.
  private static List<Server> usable(Service service) {
    List<Server> all = some(service, it -> it.usable() && it.weight() > 0);
    List<Server> first = all.stream().filter(it -> !it.backup()).toList();
    return first.isEmpty() ? all : first;
  }

  /// Those that would share the work if all were up, each in its places; where one is not usable,
  /// those that are: so clients of the others stay where they are.
  private static List<Server> hashed(Service service) {
    List<Server> home = cycle(some(service, it -> it.enabled() && it.weight() > 0 && !it.backup()));
    List<Server> usable = cycle(usable(service));
    if (home.isEmpty() || usable.isEmpty()) {
      return usable;
    }
    List<Server> places = new ArrayList<>();
    int rounds = Math.ceilDiv(FEWEST_HASHED, home.size());
    int replaced = 0;
    for (int i = 0; i < rounds * home.size(); i++) {
      Server server = home.get(i % home.size());
      places.add(server.usable() ? server : usable.get(replaced++ % usable.size()));
    }
    return places;
  }

  private static List<Server> some(Service service, Predicate<Server> which) {
    return service.servers().stream().filter(which).toList();
  }

  private static List<Server> cycle(List<Server> servers) {
    List<Server> places = new ArrayList<>();
    for (int index : Spread.of(servers.stream().mapToInt(Server::weight).toArray(), LONGEST)) {
      places.add(servers.get(index));
    }
    return places;
  }
}
