package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.http2.ClientConnection;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.TlsInfo;
import org.jspecify.annotations.Nullable;

/// Where a client's connections to endpoints come from and go to: the loop's pool, which all
/// clients share, unless a PROXY header named this client on them.
final class ConnectionSource {
  private final HttpLoop http;
  private final Channel client;
  // Idle, for this client alone.
  private @Nullable UpstreamConnection own;

  ConnectionSource(HttpLoop http, Channel client) {
    this.http = http;
    this.client = client;
  }

  /// Whether connections of this upstream are told whom they are for.
  static boolean names(LiveUpstream upstream) {
    return upstream.plan().proxyProtocol() != ProxyProtocol.NONE;
  }

  /// An idle connection, or null.
  ///
  /// @param unsure whether one will do that may turn out to be closed, because the request can be
  ///     sent again
  @Nullable UpstreamConnection take(LiveEndpoint endpoint, LiveUpstream upstream, boolean unsure) {
    while (true) {
      UpstreamConnection idle =
          names(upstream)
              ? takeOwn(endpoint, upstream)
              : http.pool().take(endpoint, upstream.tls(), serverName(upstream));
      if (idle == null) {
        return names(upstream) ? null : takePart(endpoint, upstream);
      }
      if (unsure || http.pool().quiet(idle)) {
        return idle;
      }
      idle.close();
    }
  }

  /// A part of a connection that others use, too.
  private @Nullable UpstreamConnection takePart(LiveEndpoint endpoint, LiveUpstream upstream) {
    String name = serverName(upstream);
    ClientConnection shared = http.shared().find(endpoint, upstream.tls(), name);
    return shared == null
        ? null
        : new UpstreamConnection(http, endpoint, upstream.tls(), name, shared);
  }

  private @Nullable UpstreamConnection takeOwn(LiveEndpoint endpoint, LiveUpstream upstream) {
    UpstreamConnection mine = own;
    own = null;
    if (mine == null
        || (mine.channel().isOpen() && mine.fits(endpoint, upstream.tls(), serverName(upstream)))) {
      return mine;
    }
    mine.close();
    return null;
  }

  /// Starts a new connection.
  UpstreamConnection open(
      LiveEndpoint endpoint, LiveUpstream upstream, UpstreamConnection.User user) {
    boolean http2 = upstream.plan().options().http2() && !names(upstream);
    return new UpstreamConnection(
        http, endpoint, upstream.tls(), serverName(upstream), http2, user);
  }

  /// Takes a connection back for another request.
  ///
  /// @param drained whether an event follows if the endpoint closes it; else that is looked up now
  void giveBack(UpstreamConnection connection, LiveUpstream upstream, boolean drained) {
    if (!drained && !http.pool().quiet(connection)) {
      connection.close();
    } else if (names(upstream)) {
      close();
      connection.idle(http.loop().now());
      own = connection;
    } else {
      http.pool().put(connection);
    }
  }

  void close() {
    if (own != null) {
      own.close();
      own = null;
    }
  }

  /// Endpoints are asked for the name that the client asked for.
  private @Nullable String serverName(LiveUpstream upstream) {
    TlsInfo tls = upstream.tls() == null ? null : client.tls();
    return tls == null ? null : tls.serverName();
  }
}
