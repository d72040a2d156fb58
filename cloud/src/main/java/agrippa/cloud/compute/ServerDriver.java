package agrippa.cloud.compute;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Runs servers. What it runs goes on when this program ends, however it ends, and is found
/// again by the next start: each method looks at the machine, none at what was done before.
/// Calls for one server never overlap.
public interface ServerDriver {
  /// What it is called in lists of hypervisors.
  String type();

  /// Why no server can run here, and what would help; nothing if servers can.
  Optional<String> complaint();

  /// Makes sure that a server runs. Returns when its first process does.
  ///
  /// @throws DriverException if it cannot, in words for its owner
  void start(Machine machine);

  /// Whether a server runs; if so, completes when it ends.
  Optional<CompletableFuture<Void>> running(UUID server);

  /// Asks a server to end, and ends it if it does not in time.
  void stop(UUID server, Duration patience);

  /// Ends a server, and removes everything of it. Idempotent.
  void remove(UUID server);

  /// Servers that there is anything of.
  List<UUID> servers();

  /// The last bytes that a server wrote to its console; empty if there are none.
  byte[] console(UUID server);

  /// What a server shall be.
  ///
  /// @param image that it starts from, which never changes
  /// @param archive of the image's root file system; asked for only once for an image
  /// @param network the file of its network namespace
  /// @param memory in MB
  record Machine(
      UUID server,
      String hostname,
      UUID image,
      Path archive,
      Path network,
      int memory,
      Personality personality) {}

  /// What makes a server its owner's.
  ///
  /// @param publicKey in a line of OpenSSH's form, or null
  /// @param userData as it came, or null
  record Personality(
      @Nullable String publicKey,
      byte @Nullable [] userData,
      List<InetAddress> addresses,
      List<InetAddress> dnsServers) {
    public Personality {
      addresses = List.copyOf(addresses);
      dnsServers = List.copyOf(dnsServers);
    }
  }

  /// A server cannot be as wanted.
  final class DriverException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DriverException(String message) {
      super(message);
    }

    public DriverException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
