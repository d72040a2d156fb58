package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.balance.Split;
import agrippa.proxy.journal.Ending;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A client connection whose bytes go to an endpoint as they are.
///
/// ```
///   INSPECTING ──first bytes, or time──▶ CONNECTING ──▶ TUNNEL ──▶ ENDED
///                                          │    ▲
///                                          └────┘ another endpoint
/// ```
public final class TcpSession implements Session, Handler, Tunnel.Owner {
  private enum State {
    /// Waits for the client to say something.
    INSPECTING,
    CONNECTING,
    TUNNEL,
    ENDED
  }

  /// Most bytes that are read before an endpoint is there to take them; leaves room for a PROXY
  /// header in a buffer of the loop's.
  private static final int EARLY_BYTES = EventLoop.SCRATCH_ROOM / 2;

  private final Channel client;
  private final Supplier<FrontendSnapshot> frontend;
  private final FrontendStats.Local stats;
  private final Runnable ended;
  private final Passage passage;
  private final EventLoop loop;
  private final EventLoop.Deadline deadline;
  private final Client from;
  private final Timeouts timeouts;
  private final Timeouts tunnelTimeouts;
  private State state = State.INSPECTING;
  private @Nullable Buffer early;
  private @Nullable LiveUpstream upstream;
  private @Nullable LiveEndpoint endpoint;
  private @Nullable Channel endpointChannel;
  private @Nullable Tunnel tunnel;
  private int tries;

  /// @param client accepted, its TLS handshake done
  /// @param frontend the frontend as planned now; asked once, when the connection begins
  /// @param stats this loop's counters of the frontend
  /// @param journal where connections are written down
  /// @param ended called once, when the client channel is closed
  public TcpSession(
      Channel client,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      Journal journal,
      Runnable ended) {
    this.client = client;
    this.frontend = frontend;
    this.stats = stats;
    this.ended = ended;
    this.passage = new Passage(stats, journal);
    this.loop = client.loop();
    this.deadline = loop.deadline(this::expired);
    this.from = Client.at(client.remote());
    FrontendSnapshot now = frontend.get();
    this.timeouts = now.plan().timeouts();
    this.tunnelTimeouts = now.tunnelTimeouts();
  }

  @Override
  public void start() {
    client.handler(this);
    passage.arrived(frontend.get().plan(), from, client);
    if (timeouts.inspect() == 0) {
      choose();
    } else {
      arm(timeouts.inspect());
      client.readAgain();
    }
  }

  /// A byte stream knows no good moment: it goes on until it ends by itself.
  @Override
  public void drain() {}

  @Override
  public void leaveDrained() {
    if (endpoint != null && endpoint.drained()) {
      abort();
    }
  }

  @Override
  public void abort() {
    passage.ended(Ending.ENDED);
    if (tunnel != null) {
      tunnel.abort();
      return;
    }
    client.abort();
    if (endpointChannel != null) {
      endpointChannel.abort();
    }
    end();
  }

  // ---- before there is an endpoint

  /// Nothing is read of the client while an endpoint is connected: the kernel's buffer is enough.
  @Override
  public void readable(Channel channel) {
    if (channel == client && state == State.INSPECTING) {
      inspect();
    }
  }

  /// Nothing is written before there is a tunnel.
  @Override
  public void writable(Channel channel) {}

  private void inspect() {
    Buffer scratch = loop.scratch();
    scratch.roomAtMost(EARLY_BYTES);
    int count = client.read(scratch);
    switch (count) {
      case Channel.WOULD_BLOCK -> {}
      case Channel.FAILED -> {
        passage.ended(Ending.CLIENT_ABORTED);
        abort();
      }
      // A client that will say nothing may still want to hear something.
      case Channel.END -> choose();
      default -> {
        stats.bytesIn(count);
        early = loop.borrow();
        early.append(scratch);
        choose();
      }
    }
  }

  private void choose() {
    state = State.CONNECTING;
    FrontendSnapshot now = frontend.get();
    Split split = now.split();
    LiveUpstream present = split == null ? now.defaultUpstream() : split.next(from, loop.now());
    upstream = present;
    if (present == null) {
      passage.ended(Ending.NO_ENDPOINT);
      close();
    } else {
      passage.begin(present);
      connect(present, null);
    }
  }

  // ---- the way to an endpoint

  /// @param avoid the endpoint that could not be reached, or null
  private void connect(LiveUpstream to, @Nullable LiveEndpoint avoid) {
    boolean again = avoid == null || mayRetry(to);
    LiveEndpoint chosen = again ? to.choose(from, loop.now(), avoid) : null;
    if (avoid != null) {
      passage.failed(Count.CONNECT_ERRORS, avoid, chosen);
    }
    if (chosen == null) {
      passage.ended(Ending.NO_ENDPOINT);
      close();
      return;
    }
    tries++;
    chosen.begin();
    endpoint = chosen;
    passage.assigned(chosen);
    passage.count(Count.ATTEMPTS);
    arm(timeouts.connect());
    TlsContext tls = to.tls();
    endpointChannel = chosen.connect(loop, tls, serverName(tls), this);
  }

  private boolean mayRetry(LiveUpstream to) {
    return to.plan().options().balancing().retries().unreached() && to.mayRetry(tries, loop.now());
  }

  /// Endpoints are asked for the name that the client asked for.
  private @Nullable String serverName(@Nullable TlsContext upstreamTls) {
    TlsInfo clientTls = upstreamTls == null ? null : client.tls();
    return clientTls == null ? null : clientTls.serverName();
  }

  @Override
  public void connectFailed(Channel channel, ConnectFailure why) {
    if (state == State.CONNECTING && channel == endpointChannel) {
      another();
    }
  }

  private void another() {
    LiveEndpoint failed = endpoint;
    leaveEndpoint();
    if (upstream != null) {
      if (failed != null) {
        upstream.failed(failed);
      }
      connect(upstream, failed);
    }
  }

  @Override
  public void connected(Channel channel) {
    if (state != State.CONNECTING || channel != endpointChannel) {
      return;
    }
    state = State.TUNNEL;
    passage.connected();
    if (upstream != null && endpoint != null) {
      upstream.succeeded(endpoint);
    }
    if (early != null) {
      passage.count(Count.BYTES_IN, early.length());
    }
    Buffer preface = preface();
    early = null;
    Tunnel made = new Tunnel(client, channel, preface, tunnelTimeouts, this);
    tunnel = made;
    made.begin();
  }

  /// What the endpoint is told first: whom the connection is for, and what was read of it already.
  private @Nullable Buffer preface() {
    byte[] header = upstream == null ? new byte[0] : ProxyHeader.of(upstream.plan(), client);
    if (header.length == 0) {
      return early;
    }
    Buffer preface = loop.borrow();
    preface.put(0, header, 0, header.length);
    preface.produced(header.length);
    if (early != null) {
      preface.append(early);
      loop.giveBack(early);
    }
    return preface;
  }

  // ---- the tunnel's owner

  @Override
  public void received(long bytes) {
    stats.bytesIn(bytes);
    passage.count(Count.BYTES_IN, bytes);
  }

  @Override
  public void sent(long bytes) {
    stats.bytesOut(bytes);
    passage.count(Count.BYTES_OUT, bytes);
  }

  @Override
  public void arm(long millis) {
    if (millis > 0) {
      deadline.in(millis);
    } else {
      deadline.cancel();
    }
  }

  @Override
  public void brokenOff(boolean byClient) {
    passage.ended(byClient ? Ending.CLIENT_ABORTED : Ending.ENDPOINT_ABORTED);
  }

  @Override
  public void tunnelEnded() {
    passage.ended(Ending.DONE);
    end();
  }

  // ---- the end

  private void expired() {
    switch (state) {
      case INSPECTING -> choose();
      case CONNECTING -> {
        if (endpointChannel != null) {
          endpointChannel.close();
        }
        another();
      }
      case TUNNEL -> {
        if (tunnel != null) {
          passage.ended(Ending.TIMED_OUT);
          tunnel.expired();
        }
      }
      case ENDED -> {}
    }
  }

  private void close() {
    client.close();
    end();
  }

  private void end() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    deadline.cancel();
    if (early != null) {
      loop.giveBack(early);
      early = null;
    }
    leaveEndpoint();
    passage.end();
    ended.run();
  }

  private void leaveEndpoint() {
    endpointChannel = null;
    if (endpoint != null) {
      endpoint.end();
      endpoint = null;
    }
  }
}
