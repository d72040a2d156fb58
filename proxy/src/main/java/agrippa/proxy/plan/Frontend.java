package agrippa.proxy.plan;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where clients arrive.
///
/// @param name unique within the plan
/// @param mode whether bytes, datagrams or messages are relayed as they are, or HTTP requests are
// routed one
///     by one
/// @param binds addresses to listen on, each with its port; no wildcard for datagrams
/// @param tls how TLS is ended here, or null to serve plain
/// @param allowed client networks that may connect; empty means everybody. Others are closed at
///     once, and their datagrams dropped. Counts for clients of whom a proxy in front tells, not
///     for the proxy
/// @param connectionLimit most client connections at a time; more wait in the kernel's
///     backlog, and datagrams of more are dropped
/// @param timeouts in milliseconds
/// @param headers request headers to set (HTTP only)
/// @param strictTransport `Strict-Transport-Security` (RFC 6797) that responses of endpoints get in
///     place of their own, or null: they keep what they have (HTTP only)
/// @param routes tried in order, the first whose matches all hold wins (HTTP only)
/// @param defaultUpstream upstream of requests that no route takes, or null: 503, a closed
///     connection in TCP mode, dropped datagrams in UDP mode
/// @param options what most frontends leave as it is
public record Frontend(
    String name,
    Mode mode,
    List<InetSocketAddress> binds,
    @Nullable TlsServer tls,
    List<Cidr> allowed,
    int connectionLimit,
    Timeouts timeouts,
    List<HeaderInsert> headers,
    @Nullable String strictTransport,
    List<Route> routes,
    @Nullable String defaultUpstream,
    FrontendOptions options) {

  public Frontend {
    binds = List.copyOf(binds);
    allowed = List.copyOf(allowed);
    headers = List.copyOf(headers);
    routes = List.copyOf(routes);
    if (connectionLimit < 1) {
      throw new IllegalArgumentException("connectionLimit must be positive: " + connectionLimit);
    }
  }

  /// One with the usual options.
  public Frontend(
      String name,
      Mode mode,
      List<InetSocketAddress> binds,
      @Nullable TlsServer tls,
      List<Cidr> allowed,
      int connectionLimit,
      Timeouts timeouts,
      List<HeaderInsert> headers,
      @Nullable String strictTransport,
      List<Route> routes,
      @Nullable String defaultUpstream) {
    this(
        name,
        mode,
        binds,
        tls,
        allowed,
        connectionLimit,
        timeouts,
        headers,
        strictTransport,
        routes,
        defaultUpstream,
        FrontendOptions.DEFAULT);
  }

  /// Whether a client's address, in network order, is in an allowed network.
  public boolean allows(byte[] client) {
    return allowed.isEmpty() || Cidr.anyContains(allowed, client);
  }

  /// How a frontend reads what its clients send.
  public enum Mode {
    /// Connections, whose bytes are relayed as they are.
    TCP,
    /// Connections with HTTP requests, each routed.
    HTTP,
    /// Datagrams. Those of one client address and port are a flow, which goes to one endpoint; it
    /// counts as a connection.
    UDP,
    /// Associations of SCTP, whose messages are relayed as they are: of up to 192 KiB, in up to 256
    /// streams. They count as connections. Only where the machine speaks it.
    SCTP
  }

  /// All in milliseconds; 0 of the first three means no limit.
  ///
  /// @param clientIdle longest silence of a client while the proxy waits for it; of both sides of
  ///     a flow of datagrams
  /// @param connect longest time to establish a connection to an endpoint
  /// @param upstreamIdle longest silence of an endpoint while the proxy waits for it
  /// @param inspect longest wait for a first byte of the client before an endpoint is chosen; 0
  ///     does not wait
  public record Timeouts(long clientIdle, long connect, long upstreamIdle, long inspect) {}

  /// A request header that the proxy sets on the way to the endpoint.
  public enum HeaderInsert {
    /// Appends a field with the client's address; fields of the client are kept.
    X_FORWARDED_FOR("X-Forwarded-For"),
    /// Replaces the field with the frontend's port.
    X_FORWARDED_PORT("X-Forwarded-Port"),
    /// Replaces the field with http or https.
    X_FORWARDED_PROTO("X-Forwarded-Proto"),
    X_SSL_CLIENT_VERIFY("X-SSL-Client-Verify"),
    X_SSL_CLIENT_HAS_CERT("X-SSL-Client-Has-Cert"),
    X_SSL_CLIENT_DN("X-SSL-Client-DN"),
    X_SSL_CLIENT_CN("X-SSL-Client-CN"),
    X_SSL_ISSUER("X-SSL-Issuer"),
    X_SSL_CLIENT_SHA1("X-SSL-Client-SHA1"),
    X_SSL_CLIENT_NOT_BEFORE("X-SSL-Client-Not-Before"),
    X_SSL_CLIENT_NOT_AFTER("X-SSL-Client-Not-After");

    private final String header;

    HeaderInsert(String header) {
      this.header = header;
    }

    /// The field's name as it is sent.
    public String header() {
      return header;
    }
  }
}
