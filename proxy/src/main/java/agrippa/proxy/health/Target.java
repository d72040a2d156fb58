package agrippa.proxy.health;

import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.transport.NetworkNamespace;
import java.net.InetSocketAddress;

/// Where a probe goes.
///
/// @param proxyProtocol the header that must come before the first byte there
/// @param namespace where it is reached
public record Target(
    InetSocketAddress address, ProxyProtocol proxyProtocol, NetworkNamespace namespace) {
  /// One in the process's own network namespace.
  public Target(InetSocketAddress address, ProxyProtocol proxyProtocol) {
    this(address, proxyProtocol, NetworkNamespace.OWN);
  }
}
