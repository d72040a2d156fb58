package agrippa.cloud.network;

import agrippa.cloud.fabric.Fabric;

/// Where the packets of the embedded networks run.
public sealed interface NetworkDriver {
  /// On this machine's loopback, at images of the networks' addresses: needs no privilege, has no
  /// servers, and no two networks may have the same addresses.
  record Mirror() implements NetworkDriver {}

  /// On bridges and in network namespaces of the kernel, which only root may make. Each network has
  /// its addresses for itself.
  ///
  /// @param hostAccess whether this machine is in the external networks, as their gateway
  record Linux(Fabric fabric, boolean hostAccess) implements NetworkDriver {}
}
