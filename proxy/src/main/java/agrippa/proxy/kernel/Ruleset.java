package agrippa.proxy.kernel;

import static java.util.stream.Collectors.joining;

import agrippa.proxy.kernel.Service.Server;
import agrippa.proxy.kernel.Service.Sticky;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What the kernel is told, in the language of nft: one table, which is replaced in one step. Pure.
/// It is made of numbers, addresses and hashes of names, and of nothing else that anybody chose.
///
/// A service is a chain that chooses among chains of servers, each of which counts the connection,
/// marks it and leads it there; conntrack then does the same with all its packets. What counts
/// stays from one ruleset to the next, and so do clients that are kept at a server.
///
/// @param content of the table
/// @param objects what has a name in it, as nft's command to delete it wants it
/// @param frontends by name
/// @param servers the usable servers of all services, by the mark of their connections
record Ruleset(
    String content,
    SortedSet<String> objects,
    Map<String, Door> frontends,
    Map<Integer, Target> servers) {
  static final String TABLE = "inet agrippa_l4";

  /// Most clients that are remembered for a server.
  private static final int MOST_STICKY = 10_240;

  /// The kernel takes no longer ones.
  private static final long LONGEST_TIMEOUT = 1_000_000_000;

  /// A frontend.
  ///
  /// @param mark of its connections, but for the part that is their server's
  /// @param header bytes of a packet that are usually headers
  record Door(int mark, int header) {}

  /// Where connections of a mark were led.
  record Target(String frontend, String upstream, String server, boolean udp) {}

  /// Nothing but what connections that were led somewhere need to go on.
  static Ruleset empty() {
    return of(List.of());
  }

  static Ruleset of(List<Service> services) {
    return new Writer(services).ruleset();
  }

  /// The commands that put this ruleset in another's place, as one transaction.
  ///
  /// @param before what is in the kernel now, or null if that is not known
  String replacing(@Nullable Ruleset before) {
    StringBuilder commands = new StringBuilder("add table " + TABLE + "\n");
    if (before == null) {
      commands.append("delete table ").append(TABLE).append('\n');
    } else {
      commands.append("flush table ").append(TABLE).append('\n');
      before.objects.stream()
          .filter(it -> !objects.contains(it))
          .forEach(it -> commands.append(delete(it)));
    }
    return commands.append("table ").append(TABLE).append(" {\n").append(content) + "}\n";
  }

  private static String delete(String object) {
    int name = object.lastIndexOf(' ');
    return "delete " + object.substring(0, name) + " " + TABLE + object.substring(name) + "\n";
  }

  private static final class Writer {
    private final List<Service> services;
    private final Marks marks;
    private final StringBuilder text = new StringBuilder();
    private final SortedSet<String> objects = new TreeSet<>();
    private final Map<String, Door> frontends = new LinkedHashMap<>();
    private final Map<Integer, Target> targets = new LinkedHashMap<>();

    Writer(List<Service> services) {
      this.services = services;
      this.marks = Marks.of(services);
    }

    Ruleset ruleset() {
      services.forEach(this::service);
      base();
      return new Ruleset(text.toString(), objects, frontends, targets);
    }

    // One service.

    private void service(Service it) {
      frontends.put(it.name(), new Door(marks.frontend(it), header(it)));
      List<Server> usable = it.servers().stream().filter(Server::usable).toList();
      usable.forEach(server -> server(it, server));
      for (String counter : List.of("fi", "fo", "fn")) {
        object("counter", frontend(counter, it), "");
      }
      StringBuilder rules = new StringBuilder();
      if (!it.allowed().isEmpty()) {
        String networks = networks(it);
        rules.append(
            networks.isEmpty()
                ? "    return\n"
                : "    %s != { %s } return\n".formatted(client(it), networks));
      }
      for (Server server : usable) {
        if (it.sticky() != null) {
          rules.append(
              "    %s @%s goto %s\n"
                  .formatted(masked(it), sticky(it, server), server("s", it, server)));
        }
      }
      rules.append(choice(it));
      object("chain", frontend("f", it), rules.toString());
    }

    private String choice(Service it) {
      List<Server> places = Rotation.places(it);
      if (places.isEmpty()) {
        return "";
      }
      String protocol = it.udp() ? "udp" : "tcp";
      String by =
          it.algorithm() == Algorithm.ROUND_ROBIN
              ? "numgen inc"
              : it.algorithm() == Algorithm.SOURCE_IP
                  ? "jhash " + client(it)
                  : "jhash " + client(it) + " . " + protocol + " sport";
      String seed = it.algorithm() == Algorithm.ROUND_ROBIN ? "" : " seed 1";
      return "    %s mod %d%s vmap { %s }\n"
          .formatted(
              by,
              places.size(),
              seed,
              IntStream.range(0, places.size())
                  .mapToObj(i -> i + " : goto " + server("s", it, places.get(i)))
                  .collect(joining(", ")));
    }

    private void server(Service it, Server server) {
      int mark = marks.server(it, server);
      targets.put(mark, new Target(it.name(), it.upstream(), server.name(), it.udp()));
      for (String counter : List.of("si", "so", "sn")) {
        object("counter", server(counter, it, server), "");
      }
      StringBuilder rules = new StringBuilder();
      if (it.sticky() != null) {
        // A rule of its own: it ends here when there is no room.
        rules.append("    update @%s { %s }\n".formatted(sticky(it, server), masked(it)));
        object(
            "set",
            sticky(it, server),
            "    type %s; flags dynamic,timeout; timeout %ds; size %d;\n"
                .formatted(
                    it.ipv4() ? "ipv4_addr" : "ipv6_addr",
                    it.sticky().timeout().toSeconds(),
                    MOST_STICKY));
      }
      rules.append("    counter name \"%s\"\n".formatted(frontend("fn", it)));
      rules.append("    counter name \"%s\"\n".formatted(server("sn", it, server)));
      rules.append("    ct mark set 0x%08x\n".formatted(mark));
      if (it.idleSeconds() > 0) {
        rules.append("    ct timeout set \"%s\"\n".formatted(timeout(it)));
      }
      rules.append(
          "    meta l4proto %s dnat %s to %s\n"
              .formatted(
                  it.udp() ? "udp" : "tcp",
                  it.ipv4() ? "ip" : "ip6",
                  it.ipv4()
                      ? text(server.address().getAddress()) + ":" + server.address().getPort()
                      : "[%s]:%d"
                          .formatted(
                              text(server.address().getAddress()), server.address().getPort())));
      object("chain", server("s", it, server), rules.toString());
    }

    /// TCP with timestamps (RFC 7323), as everybody sends them.
    private static int header(Service it) {
      return (it.ipv4() ? 20 : 40) + (it.udp() ? 8 : 32);
    }

    private String timeout(Service it) {
      long seconds = Math.min(it.idleSeconds(), LONGEST_TIMEOUT);
      String name = (it.udp() ? "u" : "t") + (it.ipv4() ? 4 : 6) + "_" + seconds;
      object(
          "ct timeout",
          name,
          "    protocol %s;\n    l3proto %s;\n    policy = { %s };\n"
              .formatted(
                  it.udp() ? "udp" : "tcp",
                  it.ipv4() ? "ip" : "ip6",
                  it.udp()
                      ? "unreplied : %d, replied : %d".formatted(seconds, seconds)
                      : "established : " + seconds));
      return name;
    }

    // What all have.

    private void base() {
      List<String> doors = new ArrayList<>();
      for (boolean udp : new boolean[] {false, true}) {
        for (boolean ipv4 : new boolean[] {true, false}) {
          String addresses = addresses(udp, ipv4);
          if (!addresses.isEmpty()) {
            // Only what begins a connection: of others that go through the proxy, the kernel may
            // not know.
            doors.add(
                "    %s%s daddr . %s dport vmap { %s }\n"
                    .formatted(
                        udp ? "" : "tcp flags & (fin|syn|rst|ack) == syn ",
                        ipv4 ? "ip" : "ip6",
                        udp ? "udp" : "tcp",
                        addresses));
          }
        }
      }
      String ours = "ct mark and 0x%08x".formatted(Marks.FRONTEND);
      chain("arrivals", "type nat hook prerouting priority dstnat", String.join("", doors));
      chain(
          "departures",
          "type nat hook postrouting priority srcnat",
          "    ct status dnat " + ours + " != 0 masquerade\n");
      // Passes on what it was told to, and else is no router between the networks it is in.
      chain(
          "passage",
          "type filter hook forward priority filter; policy drop",
          counting("original", "i", ours)
              + counting("reply", "o", ours)
              + "    ct status dnat "
              + ours
              + " != 0 accept\n");
      // Clients are not to be told of a shorter way to a server.
      chain(
          "redirects",
          "type filter hook output priority filter",
          "    icmp type redirect drop\n    icmpv6 type nd-redirect drop\n");
    }

    private String addresses(boolean udp, boolean ipv4) {
      return services.stream()
          .filter(it -> it.udp() == udp && it.ipv4() == ipv4)
          .flatMap(
              it ->
                  it.at().stream()
                      .map(
                          at ->
                              text(at.getAddress())
                                  + " . "
                                  + at.getPort()
                                  + " : goto "
                                  + frontend("f", it)))
          .collect(joining(", "));
    }

    private String counting(String direction, String letter, String frontend) {
      if (targets.isEmpty()) {
        return "";
      }
      String ofFrontends =
          services.stream()
              .map(
                  it -> "0x%08x : \"%s\"".formatted(marks.frontend(it), frontend("f" + letter, it)))
              .collect(joining(", "));
      String ofServers =
          targets.keySet().stream()
              .map(it -> "0x%08x : \"s%s_%08x\"".formatted(it, letter, it))
              .collect(joining(", "));
      return "    ct direction %s counter name %s map { %s }\n"
              .formatted(direction, frontend, ofFrontends)
          + "    ct direction %s counter name ct mark map { %s }\n".formatted(direction, ofServers);
    }

    private void chain(String name, String hook, String rules) {
      text.append("  chain %s {\n    %s;\n%s  }\n".formatted(name, hook, rules));
    }

    private void object(String kind, String name, String body) {
      if (objects.add(kind + " " + name)) {
        text.append("  %s %s {\n%s  }\n".formatted(kind, name, body));
      }
    }

    // Words.

    private String frontend(String prefix, Service it) {
      return "%s_%04x".formatted(prefix, marks.frontend(it) >>> 16);
    }

    private String server(String prefix, Service it, Server server) {
      return "%s_%08x".formatted(prefix, marks.server(it, server));
    }

    /// Sets cannot change their timeout, and what they hold is no good under another mask.
    private String sticky(Service it, Server server) {
      Sticky sticky = it.sticky();
      InetAddress mask = mask(it);
      return "%s_%d_%s"
          .formatted(
              server("c", it, server),
              sticky == null ? 0 : sticky.timeout().toSeconds(),
              mask == null ? "all" : new BigInteger(1, mask.getAddress()).toString(16));
    }

    private static String client(Service it) {
      return it.ipv4() ? "ip saddr" : "ip6 saddr";
    }

    private static String masked(Service it) {
      InetAddress mask = mask(it);
      return client(it) + (mask == null ? "" : " and " + text(mask));
    }

    private static @Nullable InetAddress mask(Service it) {
      InetAddress mask = it.sticky() == null ? null : it.sticky().granularity();
      return mask != null && mask instanceof Inet4Address == it.ipv4() ? mask : null;
    }

    /// Of the service's family, without those within others, which the kernel's sets do not take.
    private static String networks(Service it) {
      List<Cidr> mine =
          it.allowed().stream()
              .filter(each -> each.network() instanceof Inet4Address == it.ipv4())
              .toList();
      Set<String> outermost = new TreeSet<>();
      for (Cidr each : mine) {
        if (mine.stream().noneMatch(other -> isWithin(each, other))) {
          outermost.add(text(first(each)) + "/" + each.prefixLength());
        }
      }
      return String.join(", ", outermost);
    }

    private static boolean isWithin(Cidr it, Cidr other) {
      return it.prefixLength() > other.prefixLength() && other.contains(it.network().getAddress());
    }

    private static InetAddress first(Cidr network) {
      byte[] address = network.network().getAddress();
      for (int bit = network.prefixLength(); bit < address.length * 8; bit++) {
        address[bit / 8] &= (byte) ~(0x80 >> bit % 8);
      }
      try {
        return InetAddress.getByAddress(address);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address of another length", e);
      }
    }

    private static String text(InetAddress address) {
      return address.getHostAddress();
    }
  }
}
