package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Ending;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.Association.Result;
import agrippa.proxy.transport.AssociationLoop;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Message;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An SCTP association of a client, whose messages go to an endpoint as they are: in the same
/// stream, ordered or not, with the same identifier. What the other side has no room for waits in
/// the kernel of who sent it, but for one message.
///
/// It lasts as long as both sides do: that one of them is gone is what SCTP finds out by itself.
public final class AssociationSession implements Session, Association.Handler {
  private enum State {
    CONNECTING,
    RELAYING,
    /// One side has ended, and the other was told; it may still be saying something.
    ENDING,
    ENDED
  }

  /// How long a side may take to end after the other one has.
  private static final int ENDING_MILLIS = 10_000;

  /// Messages in one turn before others have theirs.
  private static final int BATCH = 32;

  /// Persistence is told that the client is still there no more often than that.
  private static final int TELL_MILLIS = 1_000;

  private final AssociationLoop associations;
  private final EventLoop loop;
  private final Supplier<FrontendSnapshot> frontend;
  private final FrontendStats.Local stats;
  private final Passage passage;
  private final Runnable ended;
  private final EventLoop.Deadline deadline;
  private final Client from;
  private final Side client;
  private State state = State.CONNECTING;
  private @Nullable LiveUpstream upstream;
  private @Nullable LiveEndpoint endpoint;
  private @Nullable Side server;
  private long told;
  private int tries;

  /// One side's association, and the message that it had no room for.
  private static final class Side {
    final Association association;
    @Nullable Message pending;
    // The other side has said its last.
    boolean ending;

    Side(Association association) {
      this.association = association;
    }
  }

  /// @param accepted the client's association
  /// @param associations its loop, as far as it speaks SCTP
  /// @param http what the loop's sessions share
  /// @param frontend the frontend as planned now; asked once, when the association begins
  /// @param stats this loop's counters of the frontend: an association is a connection there
  /// @param ended called once, when the client's association is closed
  public AssociationSession(
      Association accepted,
      AssociationLoop associations,
      HttpLoop http,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      Runnable ended) {
    this.client = new Side(accepted);
    this.associations = associations;
    this.loop = http.loop();
    this.frontend = frontend;
    this.stats = stats;
    this.passage = new Passage(stats, http.journal());
    this.ended = ended;
    this.deadline = loop.deadline(this::expired);
    this.from = Client.at(accepted.remote());
    this.told = loop.now();
  }

  @Override
  public void start() {
    // What the client sends meanwhile waits in the kernel.
    client.association.receiving(false);
    client.association.handler(this);
    FrontendSnapshot now = frontend.get();
    passage.arrived(now.plan(), from, null);
    upstream = now.defaultUpstream();
    if (upstream == null) {
      nobody();
    } else {
      passage.begin(upstream);
      connect(upstream, null);
    }
  }

  /// Nobody knows a good moment: it goes on until it ends by itself.
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
    if (state != State.ENDED) {
      passage.ended(Ending.ENDED);
      breakOff();
    }
  }

  // ---- the way to an endpoint

  /// @param avoid the endpoint that could not be reached, or null
  private void connect(LiveUpstream to, @Nullable LiveEndpoint avoid) {
    boolean again = avoid == null || mayRetry(to);
    LiveEndpoint chosen = again ? choose(to, avoid) : null;
    if (avoid != null) {
      passage.failed(Count.CONNECT_ERRORS, avoid, chosen);
    }
    if (chosen == null) {
      nobody();
      return;
    }
    tries++;
    chosen.begin();
    endpoint = chosen;
    passage.assigned(chosen);
    passage.count(Count.ATTEMPTS);
    arm(frontend.get().plan().timeouts().connect());
    server = new Side(chosen.associate(associations, this));
  }

  /// Persistence remembers endpoints of weight 0, too; but those shall get nothing new.
  private @Nullable LiveEndpoint choose(LiveUpstream of, @Nullable LiveEndpoint avoid) {
    LiveEndpoint chosen = of.choose(from, loop.now(), avoid);
    return chosen != null && chosen.plan().weight() == 0
        ? of.choose(from, loop.now(), chosen)
        : chosen;
  }

  private boolean mayRetry(LiveUpstream to) {
    return to.plan().options().balancing().retries().unreached() && to.mayRetry(tries, loop.now());
  }

  private void nobody() {
    passage.ended(Ending.NO_ENDPOINT);
    breakOff();
  }

  @Override
  public void connected(Association association) {
    if (state != State.CONNECTING || server == null || association != server.association) {
      return;
    }
    state = State.RELAYING;
    passage.connected();
    if (upstream != null && endpoint != null) {
      upstream.succeeded(endpoint);
    }
    heard();
    client.association.receiving(true);
  }

  @Override
  public void connectFailed(Association association) {
    if (state == State.CONNECTING && server != null && association == server.association) {
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

  // ---- messages

  @Override
  public void readable(Association association) {
    Side to = server;
    if (state == State.RELAYING && to != null) {
      if (association == client.association) {
        relay(client, to);
      } else if (association == to.association) {
        relay(to, client);
      }
    } else if (state == State.ENDING) {
      ignore(association);
    }
  }

  /// Nobody is there any more for what this side still says.
  private void ignore(Association association) {
    Message message = associations.scratch();
    for (int i = 0; i < BATCH; i++) {
      switch (association.receive(message)) {
        case DONE -> {}
        case WAIT -> {
          return;
        }
        case END, FAILED -> {
          close();
          return;
        }
      }
    }
  }

  private void relay(Side source, Side sink) {
    Message message = associations.scratch();
    for (int i = 0; i < BATCH && state == State.RELAYING && sink.pending == null; i++) {
      Result result = source.association.receive(message);
      switch (result) {
        case DONE -> pass(message, source, sink);
        case WAIT -> {
          return;
        }
        case END -> end(source, sink);
        case FAILED -> {
          passage.ended(source == client ? Ending.CLIENT_ABORTED : Ending.ENDPOINT_ABORTED);
          breakOff();
        }
      }
    }
  }

  private void pass(Message message, Side source, Side sink) {
    boolean request = source == client;
    // Counted first, so that who has the answer finds it counted.
    if (request) {
      passage.received(message.length());
    } else {
      passage.sent(message.length());
    }
    heard();
    switch (sink.association.send(message)) {
      case DONE -> {}
      case WAIT -> {
        sink.pending = message.copy();
        source.association.receiving(false);
      }
      case END, FAILED -> {
        passage.ended(request ? Ending.ENDPOINT_ABORTED : Ending.CLIENT_ABORTED);
        breakOff();
      }
    }
  }

  /// Somebody is there.
  private void heard() {
    Long idle = frontend.get().plan().options().tunnelIdle();
    arm(idle == null ? 0 : idle);
    if (loop.now() - told >= TELL_MILLIS && upstream != null && endpoint != null) {
      told = loop.now();
      upstream.heard(from, endpoint, told);
    }
  }

  private void end(Side source, Side sink) {
    source.association.receiving(false);
    sink.ending = true;
    if (sink.pending == null) {
      finish(sink);
    }
  }

  private void finish(Side last) {
    passage.ended(Ending.DONE);
    state = State.ENDING;
    deadline.in(ENDING_MILLIS);
    last.association.receiving(true);
    last.association.shutdown();
  }

  @Override
  public void writable(Association association) {
    Side to = server;
    if (state == State.RELAYING && to != null) {
      if (association == client.association) {
        goOn(client, to);
      } else if (association == to.association) {
        goOn(to, client);
      }
    }
  }

  /// Sends what there was no room for, and takes more.
  private void goOn(Side sink, Side source) {
    Message message = sink.pending;
    if (message == null) {
      return;
    }
    switch (sink.association.send(message)) {
      case WAIT -> {}
      case DONE -> {
        sink.pending = null;
        if (sink.ending) {
          finish(sink);
        } else {
          source.association.receiving(true);
        }
      }
      case END, FAILED -> {
        passage.ended(sink == client ? Ending.CLIENT_ABORTED : Ending.ENDPOINT_ABORTED);
        breakOff();
      }
    }
  }

  // ---- the end

  private void arm(long millis) {
    if (millis > 0) {
      deadline.in(millis);
    } else {
      deadline.cancel();
    }
  }

  private void expired() {
    switch (state) {
      case CONNECTING -> {
        if (server != null) {
          server.association.abort();
        }
        another();
      }
      case RELAYING -> {
        passage.ended(Ending.TIMED_OUT);
        breakOff();
      }
      case ENDING -> breakOff();
      case ENDED -> {}
    }
  }

  private void close() {
    if (server != null) {
      server.association.close();
    }
    client.association.close();
    over();
  }

  private void breakOff() {
    if (server != null) {
      server.association.abort();
    }
    client.association.abort();
    over();
  }

  private void over() {
    if (state != State.ENDED) {
      state = State.ENDED;
      deadline.cancel();
      leaveEndpoint();
      passage.end();
      ended.run();
    }
  }

  private void leaveEndpoint() {
    server = null;
    if (endpoint != null) {
      endpoint.end();
      endpoint = null;
    }
  }
}
