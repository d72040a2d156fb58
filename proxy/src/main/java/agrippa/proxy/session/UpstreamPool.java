package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Idle connections of one loop to endpoints. The one used last is taken first, so that those too
/// many grow old and are closed.
final class UpstreamPool {
  private static final long SWEEP_MILLIS = 1_000;

  private final EventLoop loop;
  private final int perEndpoint;
  private final long idleMillis;
  private final EventLoop.Deadline sweep;
  private final Buffer probe = Buffer.allocate(1);
  private final Map<LiveEndpoint, ArrayDeque<UpstreamConnection>> idle = new IdentityHashMap<>();
  private boolean sweeping;

  /// @param perEndpoint most idle connections to one endpoint
  /// @param idleMillis longest time that a connection is kept idle
  UpstreamPool(EventLoop loop, int perEndpoint, long idleMillis) {
    this.loop = loop;
    this.perEndpoint = perEndpoint;
    this.idleMillis = idleMillis;
    this.sweep = loop.deadline(this::sweep);
  }

  /// A connection that was open when last heard of, or null.
  @Nullable UpstreamConnection take(
      LiveEndpoint endpoint, EventLoop.@Nullable TlsContext tls, @Nullable String serverName) {
    ArrayDeque<UpstreamConnection> connections = idle.get(endpoint);
    if (connections == null) {
      return null;
    }
    UpstreamConnection latest = connections.peekLast();
    if (latest != null && latest.channel().isOpen() && latest.fits(endpoint, tls, serverName)) {
      return connections.pollLast();
    }
    // All fit, unless clients ask for different server names or the TLS settings were changed.
    Iterator<UpstreamConnection> latestFirst = connections.descendingIterator();
    while (latestFirst.hasNext()) {
      UpstreamConnection connection = latestFirst.next();
      if (!connection.channel().isOpen()) {
        latestFirst.remove();
      } else if (connection.fits(endpoint, tls, serverName)) {
        latestFirst.remove();
        return connection;
      }
    }
    return null;
  }

  /// Keeps a connection, or closes it if it is one too many.
  void put(UpstreamConnection connection) {
    LiveEndpoint endpoint = connection.endpoint();
    ArrayDeque<UpstreamConnection> connections = idle.get(endpoint);
    if (endpoint.retired() || (connections != null && connections.size() >= perEndpoint)) {
      connection.close();
      return;
    }
    if (connections == null) {
      connections = new ArrayDeque<>();
      idle.put(endpoint, connections);
    }
    connection.idle(loop.now());
    connections.addLast(connection);
    if (!sweeping) {
      sweeping = true;
      sweep.in(SWEEP_MILLIS);
    }
  }

  /// Whether the peer has neither closed nor sent anything: a system call.
  boolean quiet(UpstreamConnection connection) {
    probe.window(0, 0);
    return connection.channel().read(probe) == Channel.WOULD_BLOCK;
  }

  void close() {
    sweep.cancel();
    idle.values().forEach(connections -> connections.forEach(UpstreamConnection::close));
    idle.clear();
    probe.free();
  }

  /// Closes what is old or leads to endpoints that are gone.
  private void sweep() {
    long oldest = loop.now() - idleMillis;
    Iterator<Map.Entry<LiveEndpoint, ArrayDeque<UpstreamConnection>>> all =
        idle.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<LiveEndpoint, ArrayDeque<UpstreamConnection>> entry = all.next();
      boolean retired = entry.getKey().retired();
      ArrayDeque<UpstreamConnection> connections = entry.getValue();
      connections.removeIf(
          connection -> {
            boolean gone =
                retired || connection.idleSince() <= oldest || !connection.channel().isOpen();
            if (gone) {
              connection.close();
            }
            return gone;
          });
      if (connections.isEmpty()) {
        all.remove();
      }
    }
    sweeping = !idle.isEmpty();
    if (sweeping) {
      sweep.in(SWEEP_MILLIS);
    }
  }
}
