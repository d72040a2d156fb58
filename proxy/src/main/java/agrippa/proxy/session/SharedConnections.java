package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.http2.ClientConnection;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// HTTP/2 connections of one loop to endpoints: each carries many exchanges at a time.
final class SharedConnections {
  private record Shared(
      ClientConnection connection,
      EventLoop.@Nullable TlsContext tls,
      @Nullable String serverName) {
    boolean fits(EventLoop.@Nullable TlsContext wantedTls, @Nullable String name) {
      return tls == wantedTls && (tls == null || Objects.equals(serverName, name));
    }
  }

  private final Map<LiveEndpoint, List<Shared>> open = new IdentityHashMap<>();

  /// One on which there is room for another exchange, or null.
  @Nullable ClientConnection find(
      LiveEndpoint endpoint, EventLoop.@Nullable TlsContext tls, @Nullable String serverName) {
    List<Shared> all = open.get(endpoint);
    if (all != null) {
      for (Shared one : all) {
        if (one.fits(tls, serverName) && one.connection().hasRoom()) {
          return one.connection();
        }
      }
    }
    return null;
  }

  /// Begins one over a channel that was just established.
  ClientConnection begin(
      HttpLoop http,
      Channel channel,
      LiveEndpoint endpoint,
      EventLoop.@Nullable TlsContext tls,
      @Nullable String serverName) {
    Shared[] self = new Shared[1];
    ClientConnection made =
        new ClientConnection(channel, http.http2(), () -> forget(endpoint, self[0]));
    self[0] = new Shared(made, tls, serverName);
    open.computeIfAbsent(endpoint, _ -> new ArrayList<>()).add(self[0]);
    made.start();
    return made;
  }

  private void forget(LiveEndpoint endpoint, Shared gone) {
    List<Shared> all = open.get(endpoint);
    if (all != null) {
      all.remove(gone);
      if (all.isEmpty()) {
        open.remove(endpoint);
      }
    }
  }
}
