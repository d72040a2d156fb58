package agrippa.proxy.session;

import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Pump;
import org.jspecify.annotations.Nullable;

/// A client and an endpoint joined, both established: what one sends goes to the other, each way at
/// the pace of who receives it and with an end of its own. Who opens a tunnel hands both channels
/// over to it.
///
/// An endpoint that breaks off is an end for the client, who still gets everything that came
/// before; a client that breaks off is a reset for the endpoint, which must not take half a message
/// for a whole one.
final class Tunnel implements Handler {
  /// Who opened a tunnel: counts its bytes and keeps its time.
  interface Owner {
    /// So many bytes came from the client.
    void received(long bytes);

    /// So many bytes went to the client.
    void sent(long bytes);

    /// Moves the deadline; [Tunnel#expired] is to be called when it passes.
    ///
    /// @param millis from now; 0 for none
    void arm(long millis);

    /// One side broke off; [#tunnelEnded] follows.
    void brokenOff(boolean byClient);

    /// Both channels are closed.
    void tunnelEnded();
  }

  private final EventLoop loop;
  private final Channel client;
  private final Channel endpoint;
  private final Timeouts timeouts;
  private final Owner owner;
  private final Way up;
  private final Way down;
  private @Nullable Buffer preface;
  private boolean ended;

  /// @param preface goes to the endpoint before what the client sends, or null; borrowed from the
  ///     loop, and given back to it
  Tunnel(
      Channel client, Channel endpoint, @Nullable Buffer preface, Timeouts timeouts, Owner owner) {
    this.loop = client.loop();
    this.client = client;
    this.endpoint = endpoint;
    this.preface = preface;
    this.timeouts = timeouts;
    this.owner = owner;
    this.up = new Way(client, endpoint);
    this.down = new Way(endpoint, client);
  }

  /// Begins with what the client has sent meanwhile. What the endpoint may have sent before is
  /// asked for by [Channel#readAgain] if its event was told already.
  void begin() {
    client.handler(this);
    endpoint.handler(this);
    moveUp();
  }

  @Override
  public void readable(Channel channel) {
    if (channel == client) {
      moveUp();
    } else {
      moveDown();
    }
  }

  @Override
  public void writable(Channel channel) {
    if (channel == client) {
      moveDown();
    } else {
      moveUp();
    }
  }

  private void moveUp() {
    if (ended || up.over) {
      return;
    }
    if (preface != null && !sendPreface(preface)) {
      return;
    }
    long before = up.taken();
    Pump.Stop stop = up.pump.move(Long.MAX_VALUE);
    owner.received(up.taken() - before);
    switch (stop) {
      case SOURCE_EMPTY, SINK_FULL, LIMIT -> arm();
      case END -> end(up);
      case SOURCE_FAILED -> clientBroke();
      case SINK_FAILED -> endpointTakesNoMore();
    }
  }

  /// @return whether all of it is sent
  private boolean sendPreface(Buffer bytes) {
    if (endpoint.write(bytes) == Channel.FAILED) {
      endpointTakesNoMore();
      return false;
    }
    arm();
    if (!bytes.isEmpty()) {
      return false;
    }
    dropPreface();
    return true;
  }

  private void moveDown() {
    if (ended || down.over) {
      return;
    }
    long before = down.pump.moved();
    Pump.Stop stop = down.pump.move(Long.MAX_VALUE);
    owner.sent(down.pump.moved() - before);
    switch (stop) {
      case SOURCE_EMPTY, SINK_FULL, LIMIT -> arm();
      case END -> end(down);
      case SOURCE_FAILED -> {
        owner.brokenOff(false);
        close();
      }
      case SINK_FAILED -> clientBroke();
    }
  }

  private void clientBroke() {
    owner.brokenOff(true);
    abort();
  }

  /// All that one side sent is delivered.
  private void end(Way way) {
    way.over = true;
    if (up.over && down.over) {
      close();
    } else {
      way.to.shutdownOutput();
      arm();
    }
  }

  /// It may have answered before it stopped to listen: the client should see that.
  private void endpointTakesNoMore() {
    up.over = true;
    if (down.over) {
      close();
    } else {
      moveDown();
    }
  }

  /// Waits for whoever must do something next.
  private void arm() {
    long clientIdle = timeouts.clientIdle();
    long endpointIdle = timeouts.upstreamIdle();
    if (up.over) {
      owner.arm(down.pump.held() > 0 ? clientIdle : endpointIdle);
    } else if (down.over) {
      owner.arm(up.pump.held() > 0 ? endpointIdle : clientIdle);
    } else {
      owner.arm(
          clientIdle == 0 || endpointIdle == 0
              ? Math.max(clientIdle, endpointIdle)
              : Math.min(clientIdle, endpointIdle));
    }
  }

  /// Nobody did anything for too long.
  void expired() {
    close();
  }

  /// Ends both sides in order.
  private void close() {
    if (!ended) {
      client.close();
      endpoint.close();
      finish();
    }
  }

  /// Breaks both sides off.
  void abort() {
    if (!ended) {
      client.abort();
      endpoint.abort();
      finish();
    }
  }

  private void finish() {
    ended = true;
    dropPreface();
    up.pump.reset();
    down.pump.reset();
    owner.tunnelEnded();
  }

  private void dropPreface() {
    if (preface != null) {
      loop.giveBack(preface);
      preface = null;
    }
  }

  /// One direction.
  private final class Way {
    private final Channel to;
    private final Pump pump;

    /// Nothing more will be taken from its source.
    private boolean over;

    Way(Channel from, Channel to) {
      this.to = to;
      this.pump = loop.pump(from, to);
    }

    long taken() {
      return pump.moved() + pump.held();
    }
  }
}
