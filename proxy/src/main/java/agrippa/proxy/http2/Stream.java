package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A channel of HTTP/1.1 messages that go over streams of an HTTP/2 connection, one stream each:
/// its user sees a connection that is kept alive. Closing it ends the stream under way, never the
/// connection.
abstract sealed class Stream implements Channel permits ServerStream, ClientStream {
  final Connection connection;
  final Inflow in;
  final Outflow out;
  private Handler handler = Unheard.INSTANCE;
  private final Runnable again = this::tellAgain;
  private boolean queued;
  private boolean open = true;
  private boolean failed;
  private boolean ended;
  private boolean muted;
  private boolean writerWaits;

  // The stream that carries the present message, or 0; and who follows in the connection's table.
  int id;
  @Nullable Stream next;

  // Bytes of the body that were read since the peer's window was widened last, and those that it
  // may have on the way.
  private int unannounced;
  private int receivable;

  Stream(Connection connection) {
    this.connection = connection;
    this.in = new Inflow(connection.shared().buffers());
    this.out = new Outflow(connection);
  }

  /// Begins another exchange.
  void bind(int stream) {
    id = stream;
    unannounced = 0;
    receivable = Connection.STREAM_WINDOW;
    in.begin();
    out.begin(connection.peer().initialWindow());
  }

  // ---- what comes

  /// Takes trailers.
  ///
  /// @return whether they are well-formed
  final boolean trailers(Buffer block, int from, int to, boolean ends) throws Violation {
    TrailerText text = connection.shared().trailerText();
    Buffer lines = connection.shared().buffers().take(Http2Loop.LIST_LIMIT);
    text.begin(lines);
    boolean small = connection.decode(block, from, to, text);
    if (!small || !ends || !text.sound() || lines.length() > Connection.TRAILERS) {
      connection.shared().buffers().give(lines);
      return false;
    }
    return in.trailers(lines);
  }

  /// A part of a body has come.
  ///
  /// @param size what it takes of the window, which is more than what it has if it is padded
  /// @return why the stream cannot go on, or null
  final @Nullable ErrorCode data(Buffer from, int start, int end, int size, boolean ends) {
    receivable -= size;
    if (receivable < 0) {
      return ErrorCode.FLOW_CONTROL_ERROR;
    }
    if (!in.data(from, start, end, ends)) {
      return ErrorCode.PROTOCOL_ERROR;
    }
    credit(size - (end - start));
    return null;
  }

  /// Something came: the reader hears of it.
  final void arrived() {
    handler.readable(this);
  }

  /// The stream is over before its time: all that its reader and its writer see is a failure.
  final void fail() {
    failed = true;
    connection.credit(in.clear());
    handler.readable(this);
  }

  /// No other exchange will come: its user sees the end, once it has seen all else.
  final void retire() {
    ended = true;
    readAgain();
  }

  /// Nothing can be sent any more, while what has come can be read.
  final void mute() {
    muted = true;
    handler.writable(this);
  }

  /// Whether nothing is left of the exchange before.
  final boolean clean() {
    return open && !failed && !ended && id == 0 && !in.readable();
  }

  @Override
  public final int read(Buffer into) {
    if (failed || !open) {
      return FAILED;
    }
    int before = into.end();
    credit(in.read(into));
    int count = into.end() - before;
    if (count > 0 && in.readable() && into.room() > 0) {
      readAgain();
    }
    return count > 0 ? count : ended ? END : WOULD_BLOCK;
  }

  private void credit(int count) {
    connection.credit(count);
    unannounced += count;
    if (id != 0 && !in.ended() && unannounced >= Connection.STREAM_WINDOW / 2) {
      connection.widen(id, unannounced);
      receivable += unannounced;
      unannounced = 0;
    }
  }

  // ---- what goes

  @Override
  public final int write(Buffer from) {
    if (failed || muted || !open) {
      return FAILED;
    }
    int before = from.length();
    boolean moved = true;
    while (!from.isEmpty() && moved && !failed) {
      moved = out.atHead() || out.done() ? head(from) : out.send(id, from);
      settle();
    }
    if (failed) {
      return FAILED;
    }
    writerWaits = !from.isEmpty();
    if (writerWaits && (out.atHead() || out.hasWindow())) {
      connection.outflow().awaitTurn(this);
    }
    return before - from.length();
  }

  /// Sends the head at the front of the content.
  ///
  /// @return whether it is sent
  abstract boolean head(Buffer from);

  /// What is written makes no sense here.
  final void broken() {
    failed = true;
    if (id != 0) {
      connection.reset(this, ErrorCode.INTERNAL_ERROR);
    }
  }

  /// Leaves the stream when nothing more will go either way.
  final void settle() {
    if (id != 0 && out.done() && in.ended()) {
      connection.unbind(this);
    }
  }

  /// The peer takes more of this stream, or less if negative.
  final boolean widen(long bytes) {
    boolean possible = out.widen(bytes);
    if (possible && writerWaits && out.hasWindow()) {
      connection.outflow().awaitTurn(this);
    }
    return possible;
  }

  /// There may be room for what waits.
  final void resume() {
    if (open && writerWaits) {
      writerWaits = false;
      handler.writable(this);
    }
  }

  // ---- the end

  @Override
  public final void shutdownOutput() {
    if (!open || failed || id == 0) {
      return;
    }
    if (out.untilClose()) {
      connection.outflow().end(id, null);
      out.head(true, false, 0);
      settle();
    }
    if (id != 0 && out.done()) {
      // All is said, and nobody wants the rest of what the peer says (RFC 9113, section 8.1).
      connection.reset(this, unwanted());
      ended = true;
    }
  }

  @Override
  public final void close() {
    if (!open) {
      return;
    }
    shutdownOutput();
    end();
  }

  @Override
  public final void abort() {
    if (open) {
      end();
    }
  }

  /// What the peer is told when the rest of its message is not wanted.
  abstract ErrorCode unwanted();

  /// What the peer is told of a stream that its user gives up.
  abstract ErrorCode givenUp();

  private void end() {
    open = false;
    if (id != 0) {
      connection.reset(this, givenUp());
    }
    connection.credit(in.clear());
    connection.released(this);
  }

  @Override
  public final boolean isOpen() {
    return open && !failed;
  }

  // ---- as all channels

  @Override
  public final void handler(Handler user) {
    handler = user;
  }

  final Handler handler() {
    return handler;
  }

  @Override
  public final void readAgain() {
    if (!queued) {
      queued = true;
      loop().execute(again);
    }
  }

  private void tellAgain() {
    queued = false;
    if (open) {
      handler.readable(this);
    }
  }

  @Override
  public final EventLoop loop() {
    return connection.channel().loop();
  }

  @Override
  public final InetSocketAddress remote() {
    return connection.channel().remote();
  }

  @Override
  public final InetSocketAddress local() {
    return connection.channel().local();
  }

  @Override
  public final @Nullable TlsInfo tls() {
    return connection.channel().tls();
  }

  /// Hears events that come before a user is there.
  private enum Unheard implements Handler {
    INSTANCE;

    @Override
    public void readable(Channel channel) {}

    @Override
    public void writable(Channel channel) {}
  }
}
