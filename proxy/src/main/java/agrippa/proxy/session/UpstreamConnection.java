package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.http2.ClientConnection;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection to an endpoint: used by one exchange at a time, idle in between. If the endpoint
/// speaks HTTP/2, it is one of many channels of a connection.
final class UpstreamConnection implements Handler {
  /// What a connection's present user hears of it.
  interface User {
    void upstreamConnected();

    void upstreamConnectFailed();

    void upstreamReadable();

    void upstreamWritable();
  }

  private final LiveEndpoint endpoint;
  private final EventLoop.@Nullable TlsContext tls;
  private final @Nullable String serverName;
  private final HttpLoop http;
  private final boolean http2;
  private Channel channel;
  private @Nullable User user;
  private boolean reused;
  private long idleSince;

  /// Starts to connect.
  ///
  /// @param http2 whether the endpoint speaks HTTP/2 without being asked
  UpstreamConnection(
      HttpLoop http,
      LiveEndpoint endpoint,
      EventLoop.@Nullable TlsContext tls,
      @Nullable String serverName,
      boolean http2,
      User user) {
    this.http = http;
    this.endpoint = endpoint;
    this.tls = tls;
    this.serverName = serverName;
    this.http2 = http2;
    this.user = user;
    this.channel = endpoint.connect(http.loop(), tls, serverName, this);
  }

  /// Uses a part of a connection that others use, too.
  UpstreamConnection(
      HttpLoop http,
      LiveEndpoint endpoint,
      EventLoop.@Nullable TlsContext tls,
      @Nullable String serverName,
      ClientConnection shared) {
    this.http = http;
    this.endpoint = endpoint;
    this.tls = tls;
    this.serverName = serverName;
    this.http2 = true;
    this.channel = shared.open(this);
  }

  Channel channel() {
    return channel;
  }

  LiveEndpoint endpoint() {
    return endpoint;
  }

  /// Whether a response came over it before.
  boolean reused() {
    return reused;
  }

  boolean fits(
      LiveEndpoint wanted, EventLoop.@Nullable TlsContext wantedTls, @Nullable String name) {
    return endpoint == wanted
        && tls == wantedTls
        && (tls == null || Objects.equals(serverName, name));
  }

  void use(User by) {
    user = by;
    reused = true;
  }

  void idle(long now) {
    user = null;
    idleSince = now;
  }

  long idleSince() {
    return idleSince;
  }

  void close() {
    user = null;
    channel.close();
  }

  @Override
  public void connected(Channel made) {
    if (user != null && speaksHttp2(made)) {
      channel = http.shared().begin(http, made, endpoint, tls, serverName).open(this);
    }
    if (user != null) {
      user.upstreamConnected();
    }
  }

  private boolean speaksHttp2(Channel made) {
    TlsInfo agreed = made.tls();
    return agreed == null ? http2 : "h2".equals(agreed.applicationProtocol());
  }

  @Override
  public void connectFailed(Channel ignored, ConnectFailure why) {
    if (user != null) {
      user.upstreamConnectFailed();
    }
  }

  @Override
  public void readable(Channel ignored) {
    if (user == null) {
      // The end, or bytes that nobody asked for.
      channel.close();
    } else {
      user.upstreamReadable();
    }
  }

  @Override
  public void writable(Channel ignored) {
    if (user != null) {
      user.upstreamWritable();
    }
  }
}
