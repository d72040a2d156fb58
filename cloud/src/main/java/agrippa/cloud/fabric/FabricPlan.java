package agrippa.cloud.fabric;

import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the kernel shall hold.
///
/// @param bridges one for each network
/// @param namespaces one for each server, router and load balancer
/// @param host what is of this process's own namespace
public record FabricPlan(List<Bridge> bridges, List<Namespace> namespaces, Host host) {
  /// Nothing at all.
  public static final FabricPlan EMPTY = new FabricPlan(List.of(), List.of(), Host.NOTHING);

  private static final Pattern DEVICE = Pattern.compile("[a-z][a-z0-9]{0,14}");
  private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
  private static final Pattern NAME = Pattern.compile("[a-z]+-[0-9a-f-]{36}");

  public FabricPlan {
    bridges = List.copyOf(bridges);
    namespaces = List.copyOf(namespaces);
  }

  /// A network's switch.
  ///
  /// @param name of the device
  /// @param mtu in bytes
  public record Bridge(String name, int mtu) {
    public Bridge {
      require(DEVICE, name);
    }
  }

  /// A world of interfaces.
  ///
  /// @param name what it is for and an id, such as `server-4b0c…`
  /// @param routes in any order
  /// @param forwarding whether it passes packets on between its interfaces
  /// @param filter what is in its packet filter's table, in the language of nft; empty for nothing
  public record Namespace(
      String name,
      List<Interface> interfaces,
      Set<Route> routes,
      boolean forwarding,
      String filter) {
    public Namespace {
      require(NAME, name);
      interfaces = List.copyOf(interfaces);
      routes = Set.copyOf(routes);
    }
  }

  /// What this process's own namespace has of the networks, beside all else that is there.
  ///
  /// @param routes through these interfaces, in any order
  public record Host(List<Interface> interfaces, Set<Route> routes) {
    /// Nothing at all.
    public static final Host NOTHING = new Host(List.of(), Set.of());

    public Host {
      interfaces = List.copyOf(interfaces);
      routes = Set.copyOf(routes);
    }
  }

  /// A pair of virtual interfaces: one in a namespace, the other at a bridge.
  ///
  /// @param name inside
  /// @param outer name at the bridge
  /// @param mac inside
  /// @param mtu in bytes
  /// @param guard what it may send
  public record Interface(
      String name,
      String outer,
      String bridge,
      String mac,
      int mtu,
      boolean up,
      Set<Prefix> addresses,
      Guard guard) {
    public Interface {
      require(DEVICE, name);
      require(DEVICE, outer);
      require(DEVICE, bridge);
      require(MAC, mac);
      addresses = Set.copyOf(addresses);
    }

    /// With further addresses.
    public Interface with(Collection<Prefix> more) {
      Set<Prefix> all = new LinkedHashSet<>(addresses);
      all.addAll(more);
      return new Interface(name, outer, bridge, mac, mtu, up, all, guard);
    }
  }

  /// Whether senders are held to their own addresses.
  public sealed interface Guard {
    /// Anything goes.
    record Open() implements Guard {}

    /// Frames from these alone pass.
    record Only(Set<Source> sources) implements Guard {
      public Only {
        sources = Set.copyOf(sources);
      }
    }
  }

  /// Addresses that a sender has.
  public record Source(String mac, Prefix addresses) {
    public Source {
      require(MAC, mac);
    }
  }

  /// An address with the length of its network's prefix, or a network.
  public record Prefix(InetAddress address, int length) {
    /// An address alone.
    public static Prefix host(InetAddress address) {
      return new Prefix(address, address.getAddress().length * 8);
    }

    boolean ipv4() {
      return address.getAddress().length == 4;
    }

    @Override
    public String toString() {
      return address.getHostAddress() + "/" + length;
    }
  }

  /// @param to where it leads
  /// @param via the next machine
  /// @param device through which interface
  public record Route(Prefix to, InetAddress via, String device) {
    public Route {
      require(DEVICE, device);
    }

    @Override
    public String toString() {
      return to + " via " + via.getHostAddress() + " dev " + device;
    }
  }

  /// The network of all addresses.
  public static Prefix everything(boolean ipv4) {
    return new Prefix(InetAddress.ofLiteral(ipv4 ? "0.0.0.0" : "::"), 0);
  }

  private static void require(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("not " + pattern + ": " + text);
    }
  }

  Stream<Interface> interfaces() {
    return Stream.concat(
        namespaces.stream().flatMap(it -> it.interfaces().stream()), host.interfaces().stream());
  }

  /// Names of the devices at the bridges, and of the bridges.
  Set<String> devices() {
    return Stream.concat(interfaces().map(Interface::outer), bridges.stream().map(Bridge::name))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
