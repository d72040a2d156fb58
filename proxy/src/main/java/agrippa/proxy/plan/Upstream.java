package agrippa.proxy.plan;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A set of endpoints that serve the same thing.
///
/// @param name unique within the plan
/// @param algorithm how an endpoint is chosen
/// @param persistence how a client is kept at one endpoint, or null
/// @param endpoints in no particular order; names are unique within the upstream
/// @param check how endpoints are watched, or null: all count as up
/// @param tls how connections to endpoints are encrypted, or null
/// @param proxyProtocol the header that tells endpoints the client's address
/// @param options what most upstreams leave as it is
public record Upstream(
    String name,
    Algorithm algorithm,
    @Nullable Persistence persistence,
    List<Endpoint> endpoints,
    @Nullable Check check,
    @Nullable TlsClient tls,
    ProxyProtocol proxyProtocol,
    UpstreamOptions options) {

  public Upstream {
    endpoints = List.copyOf(endpoints);
  }

  /// One with the usual options.
  public Upstream(
      String name,
      Algorithm algorithm,
      @Nullable Persistence persistence,
      List<Endpoint> endpoints,
      @Nullable Check check,
      @Nullable TlsClient tls,
      ProxyProtocol proxyProtocol) {
    this(
        name,
        algorithm,
        persistence,
        endpoints,
        check,
        tls,
        proxyProtocol,
        UpstreamOptions.DEFAULT);
  }

  /// How an endpoint is chosen; all honour weights.
  public enum Algorithm {
    ROUND_ROBIN,
    LEAST_CONNECTIONS,
    /// By the client's address: the same one for the same client.
    SOURCE_IP,
    /// By the client's address and port.
    SOURCE_IP_PORT
  }

  /// The header that some endpoints want before a connection's first byte.
  public enum ProxyProtocol {
    NONE,
    V1,
    V2
  }

  /// How a client is kept at one endpoint.
  public sealed interface Persistence {
    /// By the client's address, in a bounded table that forgets the least recently used.
    ///
    /// @param timeout how long a client is remembered that is not heard of, or null: as long as
    ///     there is room
    /// @param granularity netmask of IPv4 or IPv6 addresses that count as one client, or null:
    ///     each address counts, as do those of the other family
    record SourceIp(@Nullable Duration timeout, @Nullable InetAddress granularity)
        implements Persistence {
      /// Each address, as long as there is room.
      public SourceIp() {
        this(null, null);
      }
    }

    /// By a cookie of the proxy's own, which holds the endpoint's name and is hidden from
    /// endpoints.
    record InsertedCookie(String cookie) implements Persistence {}

    /// By a cookie of the application's: learnt from responses, looked up in requests.
    record LearntCookie(String cookie) implements Persistence {}
  }
}
