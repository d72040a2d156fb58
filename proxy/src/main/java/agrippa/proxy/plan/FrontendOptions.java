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
/// @param perClient the most that one client may have
/// @param rewriting how messages are changed on their way
/// @param journaling what is written down of what the proxy serves here, or null: nothing
/// @param trace whether requests get a `traceparent` that have none (HTTP only)
/// @param split upstreams that share what the default upstream would get, or nobody: it gets that.
///     Names that the plan does not have count as absent (TCP and HTTP only)
/// @param compression which responses are compressed (HTTP only)
public record FrontendOptions(
    @Nullable Long tunnelIdle,
    List<Cidr> proxies,
    Path path,
    PerClient perClient,
    Rewriting rewriting,
    @Nullable Journaling journaling,
    boolean trace,
    List<Share> split,
    Compression compression) {
  /// As HAProxy would be set up by Octavia.
  public static final FrontendOptions DEFAULT =
      new FrontendOptions(
          null,
          List.of(),
          Path.PROXY,
          PerClient.UNLIMITED,
          Rewriting.NONE,
          null,
          false,
          List.of(),
          Compression.NONE);

  public FrontendOptions {
    proxies = List.copyOf(proxies);
    split = List.copyOf(split);
  }

  /// @param upstream its name
  /// @param weight its share, compared with others; 0 is none
  public record Share(String upstream, int weight) {}

  public FrontendOptions withTunnelIdle(@Nullable Long next) {
    return new FrontendOptions(
        next, proxies, path, perClient, rewriting, journaling, trace, split, compression);
  }

  public FrontendOptions withProxies(List<Cidr> next) {
    return new FrontendOptions(
        tunnelIdle, next, path, perClient, rewriting, journaling, trace, split, compression);
  }

  public FrontendOptions withPath(Path next) {
    return new FrontendOptions(
        tunnelIdle, proxies, next, perClient, rewriting, journaling, trace, split, compression);
  }

  public FrontendOptions withPerClient(PerClient next) {
    return new FrontendOptions(
        tunnelIdle, proxies, path, next, rewriting, journaling, trace, split, compression);
  }

  public FrontendOptions withRewriting(Rewriting next) {
    return new FrontendOptions(
        tunnelIdle, proxies, path, perClient, next, journaling, trace, split, compression);
  }

  public FrontendOptions withJournaling(@Nullable Journaling next) {
    return new FrontendOptions(
        tunnelIdle, proxies, path, perClient, rewriting, next, trace, split, compression);
  }

  public FrontendOptions withTrace(boolean next) {
    return new FrontendOptions(
        tunnelIdle, proxies, path, perClient, rewriting, journaling, next, split, compression);
  }

  public FrontendOptions withSplit(List<Share> next) {
    return new FrontendOptions(
        tunnelIdle, proxies, path, perClient, rewriting, journaling, trace, next, compression);
  }

  public FrontendOptions withCompression(Compression next) {
    return new FrontendOptions(
        tunnelIdle, proxies, path, perClient, rewriting, journaling, trace, split, next);
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
