package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection to an endpoint: used by one exchange at a time, idle in between.
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
  private final Channel channel;
  private @Nullable User user;
  private boolean reused;
  private long idleSince;

  /// Starts to connect.
  UpstreamConnection(
      EventLoop loop,
      LiveEndpoint endpoint,
      EventLoop.@Nullable TlsContext tls,
      @Nullable String serverName,
      User user) {
    this.endpoint = endpoint;
    this.tls = tls;
    this.serverName = serverName;
    this.user = user;
    this.channel = endpoint.connect(loop, tls, serverName, this);
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
  public void connected(Channel ignored) {
    if (user != null) {
      user.upstreamConnected();
    }
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
