package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The network service as servers need it.
public interface ServerPorts {
  /// Plugs a server into networks: makes ports, or takes those that its user made. Idempotent: what
  /// is plugged already stays.
  ///
  /// @param wishes in the order of the server's interfaces; none means the one network that the
  ///     caller's project can use
  /// @param securityGroups names or ids, for ports that are made; none means `default`
  /// @return in the order of the server's interfaces
  /// @throws RefusedException if a wish cannot be granted; nothing is plugged then
  List<Attachment> attach(
      UUID server, Caller caller, List<Wish> wishes, List<String> securityGroups);

  /// Where a server is plugged in, in the order of its interfaces.
  List<Attachment> attachments(UUID server);

  /// Unplugs one port: removes it if it was made for the server, else gives it back to its user.
  /// Idempotent.
  void detach(UUID server, UUID port);

  /// Unplugs all. Idempotent.
  void detachAll(UUID server);

  /// Puts all ports of a server into a security group.
  ///
  /// @param group name or id
  /// @throws RefusedException if the caller has no such group
  void addSecurityGroup(UUID server, Caller caller, String group);

  /// Takes all ports of a server out of a security group.
  ///
  /// @param group name or id
  /// @throws RefusedException if the caller has no such group, or no port is in it
  void removeSecurityGroup(UUID server, Caller caller, String group);

  /// The security groups that any port of a server is in.
  List<Group> securityGroups(UUID server);

  /// The security groups that a caller may use.
  List<Group> groups(Caller caller);

  /// Makes sure that the kernel has the server's network namespace, with an interface for each port
  /// (`eth0`, `eth1` and so on), its addresses and routes. May block for some milliseconds.
  ///
  /// @return the namespace's file, such as `/run/netns/NAME`; nothing where networks are only
  ///     mirrored and no server can be
  /// @throws RefusedException if the kernel refuses
  Optional<Path> namespace(UUID server);

  /// Where a server shall be plugged in.
  sealed interface Wish {
    /// A new port there.
    ///
    /// @param address the one wanted, or null for any
    record OnNetwork(UUID network, @Nullable InetAddress address) implements Wish {}

    /// A port that the user made.
    record AtPort(UUID port) implements Wish {}
  }

  /// A port of a server.
  ///
  /// @param mac such as `fa:16:3e:00:00:01`
  /// @param dnsServers of its subnets
  record Attachment(
      UUID port,
      UUID network,
      String networkName,
      String mac,
      List<Address> addresses,
      List<InetAddress> dnsServers) {}

  /// An address of a port.
  ///
  /// @param floating the floating IP that leads to it, or null
  record Address(UUID subnet, InetAddress fixed, @Nullable InetAddress floating) {}

  record Group(UUID id, String name, String description, ProjectId project) {}

  /// What the network service says no to, in its words.
  final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    /// @param status as an HTTP status: 400, 403, 404 or 409; 500 where the kernel refused
    RefusedException(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    public int status() {
      return status;
    }
  }
}
