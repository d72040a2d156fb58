package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.Handler;
import java.util.ArrayList;
import java.util.List;

/// A connection to an endpoint, on which many exchanges take place at a time: each on a channel of
/// its own, which may be used for one exchange after another. Closed some time after its last
/// channel.
public final class ClientConnection extends Connection {
  /// Most channels, whatever the endpoint takes.
  private static final int CHANNELS = 100;

  /// As long as other idle connections are kept.
  private static final long UNUSED_MILLIS = 4_000;

  /// Number of the last stream before another connection has to be made.
  private static final int LAST_STREAM = Integer.MAX_VALUE - 2;

  private final Runnable closed;
  private final List<ClientStream> channels = new ArrayList<>();
  private int next = 1;
  private boolean leaving;

  /// @param channel established, its TLS handshake done
  /// @param closed called once, when the connection is closed
  public ClientConnection(Channel channel, Http2Loop shared, Runnable closed) {
    super(channel, shared, new byte[0]);
    this.closed = closed;
  }

  /// Begins.
  public void start() {
    channel().handler(this);
    sayHello();
    greet(Settings.ENABLE_PUSH, 0, Settings.MAX_HEADER_LIST_SIZE, Http2Loop.LIST_LIMIT);
    channel().readAgain();
  }

  /// Whether another channel may be opened.
  public boolean hasRoom() {
    return live()
        && !leaving
        && next < LAST_STREAM
        && channels.size() < Math.min(CHANNELS, peer().concurrentStreams());
  }

  /// Opens a channel, at once.
  ///
  /// @param handler hears of it from now on
  public Channel open(Handler handler) {
    ClientStream channel = new ClientStream(this);
    channel.handler(handler);
    channels.add(channel);
    return channel;
  }

  /// The number of the next stream, or 0 if there may be no other.
  int nextStream() {
    return live() && !leaving && next < LAST_STREAM ? next : 0;
  }

  void began(int stream) {
    next = stream + 2;
  }

  @Override
  public void headers(int stream, Buffer in, int from, int to, boolean ends) throws Violation {
    if (idle(stream)) {
      throw new Violation(ErrorCode.PROTOCOL_ERROR, "a response to nothing");
    }
    if (!(find(stream) instanceof ClientStream of) || of.in.ended()) {
      discard(in, from, to);
      tooLateFor(stream, find(stream));
    } else if (of.response(in, from, to, ends)) {
      of.settle();
      of.arrived();
    } else {
      spoil(of, ErrorCode.PROTOCOL_ERROR);
    }
  }

  @Override
  public boolean idle(int stream) {
    return (stream & 1) == 0 || stream >= next;
  }

  @Override
  void resetByPeer(Stream stream) {
    if (stream instanceof ClientStream of) {
      of.reset();
    }
  }

  /// What it has not begun to look at may be asked of others.
  @Override
  public void goesAway(int lastStream) {
    leaving = true;
    for (ClientStream channel : List.copyOf(channels)) {
      if (channel.id > lastStream) {
        unbind(channel);
        channel.fail();
      } else if (channel.id == 0) {
        channel.retire();
      }
    }
  }

  @Override
  int lastStream() {
    return 0;
  }

  @Override
  void freed(Stream stream) {
    if (leaving && stream.isOpen()) {
      stream.retire();
    }
  }

  @Override
  void released(Stream stream) {
    channels.remove(stream);
    if (channels.isEmpty() && live()) {
      // Others may have a use for it.
      arm(UNUSED_MILLIS);
    }
  }

  @Override
  void resting() {}

  @Override
  void failAll() {
    for (ClientStream channel : List.copyOf(channels)) {
      if (channel.id != 0) {
        unbind(channel);
      }
      channel.fail();
    }
  }

  @Override
  void tooLate() {
    if (channels.isEmpty()) {
      leave(ErrorCode.NO_ERROR);
    }
  }

  @Override
  void ended() {
    closed.run();
  }
}
