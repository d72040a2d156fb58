package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client's connection. Each of its requests is served on a channel of its own; channels are used
/// again, as connections of HTTP/1 are.
public final class ServerConnection extends Connection {
  /// Who serves the channels.
  public interface Owner {
    /// A channel has been opened, from which a request can be read.
    void opened(Channel stream);

    /// A request was refused before anybody saw it.
    void refused();

    /// How long a client may keep the connection without a request, in milliseconds; 0 for ever.
    long idleMillis();

    /// The connection is closed, and all its channels are.
    void ended();
  }

  /// As many as others allow.
  private static final int CONCURRENT_STREAMS = 100;

  /// Channels that wait for another request.
  private static final int IDLE_CHANNELS = 16;

  private final Owner owner;
  private final List<ServerStream> channels = new ArrayList<>();
  private final ArrayDeque<ServerStream> idle = new ArrayDeque<>();
  // The last stream that was served, and the last that was seen.
  private int served;
  private int seen;
  private boolean leaving;

  /// @param channel accepted, its TLS handshake done
  public ServerConnection(Channel channel, Http2Loop shared, Owner owner) {
    super(channel, shared, Frame.PREFACE);
    this.owner = owner;
  }

  /// Whether a channel is one of a client that speaks HTTP/2.
  public static boolean opened(Channel channel) {
    return channel instanceof ServerStream;
  }

  /// How many first bytes tell a client that speaks HTTP/2.
  public static int greeting() {
    return Frame.PREFACE.length;
  }

  /// Whether the content begins as such a client begins, as far as it goes.
  public static boolean greets(Buffer in) {
    int known = Math.min(in.length(), Frame.PREFACE.length);
    for (int i = 0; i < known; i++) {
      if (in.at(in.start() + i) != Frame.PREFACE[i]) {
        return false;
      }
    }
    return known > 0;
  }

  /// Begins.
  public void start() {
    channel().handler(this);
    greet(
        Settings.MAX_CONCURRENT_STREAMS,
        CONCURRENT_STREAMS,
        Settings.MAX_HEADER_LIST_SIZE,
        Http2Loop.LIST_LIMIT);
    resting();
    channel().readAgain();
  }

  /// Begins with what was read already.
  public void start(Buffer early) {
    start();
    Buffer own = shared().loop().borrow();
    own.append(early);
    take(own);
  }

  /// Serves what is under way, and nothing more.
  public void drain() {
    if (live() && !leaving) {
      leaving = true;
      goAway(ErrorCode.NO_ERROR);
      if (active() == 0) {
        leave(ErrorCode.NO_ERROR);
      }
    }
  }

  @Override
  public void headers(int stream, Buffer in, int from, int to, boolean ends) throws Violation {
    Stream of = find(stream);
    if (of != null && !of.in.ended()) {
      if (of.trailers(in, from, to, ends)) {
        of.settle();
        of.arrived();
      } else {
        spoil(of, ErrorCode.PROTOCOL_ERROR);
      }
    } else if (of != null || stream <= seen) {
      discard(in, from, to);
      tooLateFor(stream, of);
    } else if ((stream & 1) == 0) {
      throw new Violation(ErrorCode.PROTOCOL_ERROR, "a client's stream with an even number");
    } else {
      seen = stream;
      if (leaving) {
        // Not served, as it is told already: the client may ask elsewhere.
        discard(in, from, to);
        forget(stream);
      } else {
        served = stream;
        request(stream, in, from, to, ends);
      }
    }
  }

  private void request(int stream, Buffer in, int from, int to, boolean ends) throws Violation {
    if (active() >= CONCURRENT_STREAMS) {
      discard(in, from, to);
      reset(stream, ErrorCode.REFUSED_STREAM);
      return;
    }
    RequestText text = shared().requestText();
    Buffer head = shared().buffers().take(Http2Loop.LIST_LIMIT + Http2Loop.HEAD_EXTRA);
    text.begin(head);
    boolean small = decode(in, from, to, text);
    if (!small || !text.finish(ends) || (ends && text.length() > 0)) {
      shared().buffers().give(head);
      refuse(stream, small, ends);
      return;
    }
    ServerStream known = rested();
    ServerStream channel = known == null ? new ServerStream(this) : known;
    channel.request(stream, head, text, ends);
    bind(channel);
    if (known == null) {
      channels.add(channel);
      owner.opened(channel);
    } else {
      channel.arrived();
    }
  }

  /// A channel whose last exchange is over and done, or null.
  private @Nullable ServerStream rested() {
    ServerStream latest = idle.pollLast();
    while (latest != null && !latest.clean()) {
      latest = idle.pollLast();
    }
    return latest;
  }

  private void refuse(int stream, boolean small, boolean ends) throws Violation {
    owner.refused();
    disturbed();
    boolean answered = !small && outflow().headers(stream, shared().fields().response(431), true);
    if (!answered) {
      reset(stream, ErrorCode.PROTOCOL_ERROR);
    } else if (!ends) {
      reset(stream, ErrorCode.NO_ERROR);
    }
  }

  @Override
  public boolean idle(int stream) {
    return (stream & 1) == 0 || stream > seen;
  }

  @Override
  void resetByPeer(Stream stream) {
    stream.fail();
  }

  /// Clients say so when they are about to leave; their requests are still answered.
  @Override
  public void goesAway(int lastStream) {}

  @Override
  int lastStream() {
    return served;
  }

  @Override
  void freed(Stream stream) {
    if (stream instanceof ServerStream channel && channel.isOpen()) {
      if (idle.size() < IDLE_CHANNELS) {
        idle.addLast(channel);
      } else {
        channel.retire();
      }
    }
  }

  @Override
  void released(Stream stream) {
    channels.remove(stream);
    idle.remove(stream);
  }

  @Override
  void resting() {
    if (leaving) {
      // Who wrote the last bytes is to come to its end first.
      shared().loop().execute(this::leaveAtLast);
    } else {
      arm(owner.idleMillis());
    }
  }

  private void leaveAtLast() {
    if (live() && active() == 0) {
      leave(ErrorCode.NO_ERROR);
    }
  }

  @Override
  void failAll() {
    for (ServerStream channel : List.copyOf(channels)) {
      if (channel.id != 0) {
        unbind(channel);
      }
      channel.fail();
    }
  }

  @Override
  void tooLate() {
    leave(ErrorCode.NO_ERROR);
  }

  @Override
  void ended() {
    owner.ended();
  }
}
