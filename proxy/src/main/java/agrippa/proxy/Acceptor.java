package agrippa.proxy;

import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.session.FrontendSnapshot;
import agrippa.proxy.session.Http2Session;
import agrippa.proxy.session.HttpSession;
import agrippa.proxy.session.ProxyHeaderReader;
import agrippa.proxy.session.Session;
import agrippa.proxy.session.TcpSession;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One loop's part of a frontend of connections: its listening sockets and its clients.
///
/// A client that is accepted goes through: allowed network? place free? TLS handshake, session. If
/// a proxy in front is to tell whom it comes for, it does so when there is a place, and the first
/// question is asked then.
final class Acceptor implements Intake {
  private final Worker worker;
  private final LiveFrontend frontend;
  private final FrontendStats.Local stats;
  // By the planned address.
  private final Map<InetSocketAddress, EventLoop.ServerChannel> listening = new HashMap<>();
  private final Set<Client> clients = new HashSet<>();
  // Accepted, but beyond the limit: as many as one turn of the loop takes from the kernel's queue.
  private final Queue<Channel> parked = new ArrayDeque<>();
  private boolean paused;
  private boolean closed;
  private Runnable left = () -> {};

  Acceptor(Worker worker, LiveFrontend frontend) {
    this.worker = worker;
    this.frontend = frontend;
    this.stats = frontend.stats().local(worker.index());
  }

  @Override
  public InetSocketAddress listen(InetSocketAddress planned, InetSocketAddress at)
      throws IOException {
    EventLoop.ServerChannel channel = worker.loop().listen(at, this::accepted);
    listening.put(planned, channel);
    if (paused) {
      channel.pause();
    }
    return channel.local();
  }

  @Override
  public void unlisten(InetSocketAddress planned) {
    EventLoop.ServerChannel channel = listening.remove(planned);
    if (channel != null) {
      channel.close();
    }
  }

  private void accepted(Channel channel) {
    LiveFrontend.Settings settings = frontend.settings();
    if (!proxied(channel, settings) && !allowed(channel, settings)) {
      refuse(channel);
    } else if (frontend.gate().enter()) {
      admit(channel, settings);
    } else {
      park(channel);
    }
  }

  private static boolean proxied(Channel channel, LiveFrontend.Settings settings) {
    FrontendOptions options = settings.plan().options();
    return !options.proxies().isEmpty() && options.proxied(address(channel));
  }

  private static boolean allowed(Channel channel, LiveFrontend.Settings settings) {
    return settings.plan().allows(address(channel));
  }

  private static byte[] address(Channel channel) {
    return channel.remote().getAddress().getAddress();
  }

  private void refuse(Channel channel) {
    stats.count(Count.REFUSED);
    channel.abort();
  }

  private void park(Channel channel) {
    channel.handler(Parked.INSTANCE);
    parked.add(channel);
    if (!paused) {
      paused = true;
      listening.values().forEach(EventLoop.ServerChannel::pause);
      frontend.gate().startWaiting();
    }
    placeFree();
  }

  /// Connections see other settings when they next look.
  @Override
  public void replanned() {}

  @Override
  public void drained() {
    List.copyOf(clients).forEach(Client::leaveDrained);
  }

  @Override
  public void placeFree() {
    while (!parked.isEmpty() && frontend.gate().enter()) {
      Channel next = parked.remove();
      admit(next, frontend.settings());
      // What came while it was parked has been told to nobody.
      if (next.isOpen()) {
        next.readAgain();
      }
    }
    if (paused && parked.isEmpty() && !frontend.gate().full()) {
      paused = false;
      frontend.gate().stopWaiting();
      listening.values().forEach(EventLoop.ServerChannel::resume);
    }
  }

  private void admit(Channel channel, LiveFrontend.Settings settings) {
    Client client = new Client(channel);
    clients.add(client);
    if (proxied(channel, settings)) {
      ProxyHeaderReader.read(channel, client::told, client::untold);
    } else {
      client.begin(settings);
    }
  }

  @Override
  public void drainClients() {
    List.copyOf(clients).forEach(Client::drain);
  }

  @Override
  public void close(long drainMillis) {
    closed = true;
    listening.values().forEach(EventLoop.ServerChannel::close);
    listening.clear();
    parked.forEach(Channel::abort);
    parked.clear();
    if (paused) {
      paused = false;
      frontend.gate().stopWaiting();
    }
    drainClients();
    if (!clients.isEmpty()) {
      worker.loop().deadline(this::abortClients).in(drainMillis);
    }
  }

  @Override
  public void whenLeft(Runnable told) {
    if (clients.isEmpty()) {
      told.run();
    } else {
      left = told;
    }
  }

  @Override
  public void abortClients() {
    List.copyOf(clients).forEach(Client::abort);
  }

  /// A client that has a place.
  private final class Client {
    private final Channel accepted;
    private @Nullable Session session;
    private @Nullable ClientLimits place;
    private boolean crowded;
    private boolean counted;
    private boolean ended;

    Client(Channel accepted) {
      this.accepted = accepted;
    }

    /// A proxy in front told whom this is, if anybody but itself.
    private void told() {
      LiveFrontend.Settings settings = frontend.settings();
      if (closed) {
        accepted.close();
        ended();
      } else if (allowed(accepted, settings)) {
        begin(settings);
      } else {
        refuse(accepted);
        ended();
      }
    }

    private void untold() {
      stats.count(Count.HEADERLESS);
      ended();
    }

    void begin(LiveFrontend.Settings settings) {
      if (!within(settings)) {
        stats.count(Count.LIMITED);
        accepted.abort();
        ended();
        return;
      }
      stats.connectionOpened();
      counted = true;
      EventLoop.TlsContext tls = settings.tls();
      if (tls == null) {
        serve(accepted);
        return;
      }
      worker.loop().startTls(accepted, tls, this::established, this::ended);
    }

    /// Takes what the client may have. HTTP is told by the session if there is nothing left.
    ///
    /// @return whether the connection may stay
    private boolean within(LiveFrontend.Settings settings) {
      ClientLimits limits = settings.snapshot().limits();
      if (limits == null) {
        return true;
      }
      boolean http = settings.plan().mode() == Frontend.Mode.HTTP;
      byte[] from = address(accepted);
      if (!http && limits.take(from, worker.loop().now()) > 0) {
        return false;
      }
      if (limits.countsConnections()) {
        if (limits.enter(from)) {
          place = limits;
        } else if (http) {
          stats.count(Count.LIMITED);
          crowded = true;
        } else {
          return false;
        }
      }
      return true;
    }

    private void established(Channel channel) {
      if (closed) {
        channel.close();
        ended();
        return;
      }
      serve(channel);
    }

    private void serve(Channel channel) {
      Supplier<FrontendSnapshot> view = view();
      // The mode cannot change under a session: see LiveFrontend.
      Session made =
          switch (frontend.settings().plan().mode()) {
            case HTTP ->
                speaksHttp2(channel)
                    ? new Http2Session(channel, view, stats, worker.http(), this::ended)
                    : new HttpSession(channel, view, stats, worker.http(), this::ended);
            case TCP ->
                new TcpSession(
                    channel, frontend::snapshot, stats, worker.http().journal(), this::ended);
            case UDP -> throw new IllegalStateException("datagrams are not accepted");
          };
      session = made;
      made.start();
    }

    private Supplier<FrontendSnapshot> view() {
      if (!crowded) {
        return frontend::snapshot;
      }
      FrontendSnapshot refusing = frontend.snapshot().forTooMany();
      return () -> refusing;
    }

    /// Whether that is what both sides agreed on.
    private static boolean speaksHttp2(Channel channel) {
      TlsInfo tls = channel.tls();
      return tls != null && "h2".equals(tls.applicationProtocol());
    }

    void drain() {
      if (session != null) {
        session.drain();
      }
    }

    void leaveDrained() {
      if (session != null) {
        session.leaveDrained();
      }
    }

    void abort() {
      if (session != null) {
        session.abort();
      } else {
        accepted.abort();
      }
      ended();
    }

    private void ended() {
      if (ended) {
        return;
      }
      ended = true;
      clients.remove(this);
      if (place != null) {
        place.leave(address(accepted));
      }
      if (counted) {
        stats.connectionClosed();
      }
      if (clients.isEmpty()) {
        left.run();
      }
      if (frontend.gate().leave()) {
        frontend.placeFree();
      }
    }
  }

  /// Waits: what arrives meanwhile is read when the session starts.
  private enum Parked implements Handler {
    INSTANCE;

    @Override
    public void readable(Channel channel) {}

    @Override
    public void writable(Channel channel) {}
  }
}
