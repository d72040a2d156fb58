package agrippa.proxy.health;

import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.net.InetSocketAddress;

/// Where a probe goes.
///
/// @param proxyProtocol the header that must come before the first byte there
public record Target(InetSocketAddress address, ProxyProtocol proxyProtocol) {}
