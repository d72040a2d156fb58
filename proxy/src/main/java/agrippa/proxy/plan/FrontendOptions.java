package agrippa.proxy.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What most frontends leave as it is.
///
/// @param tunnelIdle longest silence of both sides once they speak a protocol of their own: after
///     an upgrade of HTTP, and in TCP mode; milliseconds, or null: as in [Frontend.Timeouts]
/// @param proxies networks of proxies in front: connections from there, and no others, must begin
///     with a header of the PROXY protocol, which is believed (TCP and HTTP only)
/// @param path who passes on what clients send
public record FrontendOptions(@Nullable Long tunnelIdle, List<Cidr> proxies, Path path) {
  /// As HAProxy would be set up by Octavia.
  public static final FrontendOptions DEFAULT = new FrontendOptions(null, List.of(), Path.PROXY);

  public FrontendOptions {
    proxies = List.copyOf(proxies);
  }

  public FrontendOptions withTunnelIdle(@Nullable Long next) {
    return new FrontendOptions(next, proxies, path);
  }

  public FrontendOptions withProxies(List<Cidr> next) {
    return new FrontendOptions(tunnelIdle, next, path);
  }

  public FrontendOptions withPath(Path next) {
    return new FrontendOptions(tunnelIdle, proxies, next);
  }

  /// Whether an address, in network order, is that of a proxy in front.
  public boolean proxied(byte[] peer) {
    return Cidr.anyContains(proxies, peer);
  }

  /// Who passes on what clients send.
  public enum Path {
    /// The proxy.
    PROXY,
    /// The kernel, as far as it can do what the plan wants; else the proxy.
    KERNEL
  }
}
