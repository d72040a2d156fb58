package agrippa.proxy.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import agrippa.proxy.kernel.Service.Server;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Numbers that the kernel marks connections with: the frontend in the upper half, the server in
/// the lower one. They are made of hashes, so that after a restart connections count where they
/// did; if two hashes are the same, the second in order of names takes the next number. Pure.
final class Marks {
  /// Of the frontend's part.
  static final int FRONTEND = 0xffff0000;

  private static final int HALF = 0xffff;

  private final Map<String, Integer> frontends;
  private final Map<String, Map<Server, Integer>> servers = new HashMap<>();

  private Marks(Map<String, Integer> frontends) {
    this.frontends = frontends;
  }

  static Marks of(List<Service> services) {
    Marks marks = new Marks(numbers(services.stream().map(Service::name).toList()));
    for (Service service : services) {
      Map<String, Integer> numbers =
          numbers(service.servers().stream().map(it -> key(service, it)).toList());
      Map<Server, Integer> mine = new HashMap<>();
      for (Server server : service.servers()) {
        mine.put(server, marks.frontend(service) | known(numbers, key(service, server)));
      }
      marks.servers.put(service.name(), mine);
    }
    return marks;
  }

  /// A server that moved is another one.
  private static String key(Service service, Server server) {
    return service.upstream() + '/' + server.name() + '/' + server.address();
  }

  /// From 1 to 65534, by name.
  private static Map<String, Integer> numbers(List<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    Set<Integer> taken = new HashSet<>();
    for (String name : new TreeSet<>(names)) {
      int number = hash(name) % (HALF - 1);
      while (!taken.add(number)) {
        number = (number + 1) % (HALF - 1);
      }
      numbers.put(name, number + 1);
    }
    return numbers;
  }

  private static int hash(String name) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return (hash[0] & 0xff) << 16 | (hash[1] & 0xff) << 8 | hash[2] & 0xff;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Of all connections of a frontend, in the upper half.
  int frontend(Service service) {
    return known(frontends, service.name()) << 16;
  }

  /// Of those that were led to a server.
  int server(Service service, Server server) {
    return known(known(servers, service.name()), server);
  }

  private static <K, V> V known(Map<K, V> all, K key) {
    V value = all.get(key);
    if (value == null) {
      throw new IllegalArgumentException("not numbered: " + key);
    }
    return value;
  }
}
