package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Ending;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.PeerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What arrives in datagrams at one address of a frontend, on one loop. Datagrams of one client
/// address and port are a flow: they go to one endpoint through a socket of their own, and what
/// comes back there goes to the client from the address that it had sent to.
///
/// Nobody says when a flow ends. It does when neither side was heard for the client's idle time;
/// when its endpoint may not be used any more, left its upstream, or cannot be reached (ICMP); and,
/// the least recently used first, when there are too many. A client that sends on begins another
/// one; what the endpoint that it left has still to answer is passed on for a moment. A datagram
/// that nobody may take is dropped, and nobody is told.
public final class Flows {
  /// Flows tell persistence that their client is still there no more often than that.
  private static final int TELL_MILLIS = 1_000;

  /// How long answers of an endpoint may be on their way that gets nothing more.
  private static final int LATE_MILLIS = 1_000;

  /// Flows that may wait for such, each with a socket.
  private static final int MOST_LATE = 1_024;

  private final EventLoop loop;
  private final Supplier<FrontendSnapshot> frontend;
  private final FrontendStats.Local stats;
  private final Journal journal;
  private final Places places;
  private final int limit;
  private final EventLoop.Deadline expiry;
  private final DatagramPort port;
  private final EventLoop.Deadline lateness;
  // In order of use.
  private final LinkedHashMap<PeerAddress, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);
  // Those that were left, in that order.
  private final LinkedHashSet<Flow> late = new LinkedHashSet<>();

  /// Where flows of all loops are counted.
  public interface Places {
    /// Takes a place if there is one.
    boolean enter();

    void leave();
  }

  private Flows(
      EventLoop loop,
      InetSocketAddress at,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      Journal journal,
      Places places,
      int limit)
      throws IOException {
    this.loop = loop;
    this.frontend = frontend;
    this.stats = stats;
    this.journal = journal;
    this.places = places;
    this.limit = limit;
    this.expiry = loop.deadline(this::expire);
    this.lateness = loop.deadline(this::expireLate);
    this.port = loop.datagrams(at, this::forward);
  }

  /// Begins to receive.
  ///
  /// @param frontend the frontend as planned now; asked for each new flow
  /// @param stats this loop's counters of the frontend: a flow is a connection there
  /// @param journal where flows are written down
  /// @param places what a flow must have
  /// @param limit most flows; one more ends the one that was silent for the longest time
  /// @throws IOException if the address cannot be bound
  public static Flows at(
      EventLoop loop,
      InetSocketAddress at,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      Journal journal,
      Places places,
      int limit)
      throws IOException {
    return new Flows(loop, at, frontend, stats, journal, places, limit);
  }

  public InetSocketAddress local() {
    return port.local();
  }

  /// The plan changed: ends the flows that it does not want as they are.
  public void replanned() {
    Frontend plan = frontend.get().plan();
    for (Flow flow : List.copyOf(flows.values())) {
      if (!plan.allows(flow.client.address())) {
        flow.end();
      } else if (!flow.fits()) {
        flow.leave();
      }
    }
    expire();
  }

  /// Ends all flows, and receives no more.
  public void close() {
    port.close();
    List.copyOf(flows.values()).forEach(Flow::end);
    List.copyOf(late).forEach(Flow::end);
    expiry.cancel();
    lateness.cancel();
  }

  private void forward(Buffer datagram, PeerAddress from) {
    Flow flow = flows.get(from);
    if (flow != null && !flow.fits()) {
      flow.leave();
      flow = null;
    }
    // What was sent before did not arrive; this one may, if somebody else takes it.
    if (flow != null && !flow.forward(datagram)) {
      flow = null;
    }
    if (flow == null) {
      Flow begun = begin(from);
      if (begun != null) {
        begun.forward(datagram);
      }
    }
  }

  private @Nullable Flow begin(PeerAddress sender) {
    FrontendSnapshot now = frontend.get();
    LiveUpstream upstream = now.defaultUpstream();
    Client client = new Client(sender.bytes(), sender.port());
    if (!now.plan().allows(client.address())) {
      stats.count(Count.REFUSED);
      return null;
    }
    ClientLimits limits = now.limits();
    if (limits != null && limits.take(client.address(), loop.now()) > 0) {
      stats.count(Count.LIMITED);
      return null;
    }
    if (upstream == null || !places.enter()) {
      return null;
    }
    LiveEndpoint endpoint = upstream.choose(client, loop.now(), null);
    if (endpoint != null && endpoint.plan().weight() == 0) {
      // Persistence remembers it; but it would never get rid of clients that begin flow after flow.
      endpoint = upstream.choose(client, loop.now(), endpoint);
    }
    Flow flow = endpoint == null ? null : connect(sender, client, upstream, endpoint);
    if (flow == null) {
      places.leave();
      return null;
    }
    flows.put(flow.key, flow);
    if (flows.size() == 1) {
      expire();
    }
    return flow;
  }

  private @Nullable Flow connect(
      PeerAddress sender, Client client, LiveUpstream upstream, LiveEndpoint endpoint) {
    if (flows.size() >= limit) {
      flows.firstEntry().getValue().end();
    }
    Flow flow = new Flow(sender.copy(), client, upstream, endpoint);
    if (flow.connect()) {
      return flow;
    }
    // The system may have no sockets or ports left.
    Map.Entry<PeerAddress, Flow> eldest = flows.firstEntry();
    if (eldest == null) {
      return null;
    }
    eldest.getValue().end();
    return flow.connect() ? flow : null;
  }

  /// Ends the flows that were silent for too long, and comes again when the next may be.
  private void expire() {
    long idle = frontend.get().plan().timeouts().clientIdle();
    if (idle == 0) {
      return;
    }
    Map.Entry<PeerAddress, Flow> eldest = flows.firstEntry();
    while (eldest != null && loop.now() - eldest.getValue().used >= idle) {
      eldest.getValue().passage.ended(Ending.DONE);
      eldest.getValue().end();
      eldest = flows.firstEntry();
    }
    if (eldest != null) {
      expiry.in(eldest.getValue().used + idle - loop.now());
    }
  }

  private void expireLate() {
    while (!late.isEmpty() && loop.now() - late.getFirst().leftAt >= LATE_MILLIS) {
      late.getFirst().end();
    }
    if (!late.isEmpty()) {
      lateness.in(late.getFirst().leftAt + LATE_MILLIS - loop.now());
    }
  }

  private final class Flow implements DatagramLink.Handler {
    private final PeerAddress key;
    private final Client client;
    private final LiveUpstream upstream;
    private final LiveEndpoint endpoint;
    private final Passage passage = new Passage(stats, journal);
    private @Nullable DatagramLink link;
    private long used = loop.now();
    private long told = used;
    // Nothing more goes to its endpoint; since when that is so.
    private boolean left;
    private long leftAt;

    Flow(PeerAddress key, Client client, LiveUpstream upstream, LiveEndpoint endpoint) {
      this.key = key;
      this.client = client;
      this.upstream = upstream;
      this.endpoint = endpoint;
    }

    boolean connect() {
      link = endpoint.link(loop, this);
      if (link == null) {
        return false;
      }
      endpoint.begin();
      stats.connectionOpened();
      passage.arrived(frontend.get().plan(), client, null);
      passage.begin(upstream);
      passage.assigned(endpoint);
      passage.connected();
      passage.count(Count.ATTEMPTS);
      return true;
    }

    /// Whether its datagrams would go there still, or may for a while.
    boolean fits() {
      return (endpoint.usable() || (endpoint.leaving() && endpoint.up()))
          && frontend.get().defaultUpstream() == upstream;
    }

    /// @return whether it went on; else the flow has ended
    boolean forward(Buffer datagram) {
      if (link == null || !link.send(datagram)) {
        failed();
        return false;
      }
      used = loop.now();
      if (used - told >= TELL_MILLIS) {
        told = used;
        upstream.heard(client, endpoint, used);
      }
      return true;
    }

    @Override
    public void sent(int bytes) {
      stats.bytesIn(bytes);
      passage.count(Count.BYTES_IN, bytes);
    }

    @Override
    public void arrived(Buffer datagram) {
      int count = datagram.length();
      // Counted first, so that who has the answer finds it counted.
      stats.bytesOut(count);
      passage.count(Count.BYTES_OUT, count);
      port.send(datagram, key);
      upstream.succeeded(endpoint);
      used = loop.now();
      if (!left) {
        // Looked up so that it counts as used.
        flows.get(key);
      }
    }

    @Override
    public void failed() {
      if (!left) {
        passage.count(Count.CONNECT_ERRORS);
        upstream.failed(endpoint);
      }
      end();
    }

    /// Somebody else may take it.
    @Override
    public void unsent(Buffer datagram) {
      Flows.this.forward(datagram, key);
    }

    /// Sends no more, but listens for a moment.
    void leave() {
      leavePlace();
      leftAt = loop.now();
      late.add(this);
      if (late.size() > MOST_LATE) {
        late.getFirst().end();
      }
      expireLate();
    }

    private void leavePlace() {
      if (!left) {
        left = true;
        flows.remove(key);
        endpoint.end();
        stats.connectionClosed();
        places.leave();
      }
    }

    void end() {
      if (link != null) {
        link.close();
        link = null;
        leavePlace();
        late.remove(this);
        passage.end();
      }
    }
  }
}
