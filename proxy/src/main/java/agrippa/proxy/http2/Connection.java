package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection, from either side: does what frames say, knows its streams, and sees to
// its
/// end.
///
/// ```
///   OPEN ──error, idle, drained──▶ LINGER ──▶ ENDED
///     └──lost─────────────────────────────────▲
/// ```
public abstract sealed class Connection implements Handler, FrameReader.Sink
    permits ServerConnection, ClientConnection {
  private enum State {
    OPEN,
    /// It is over: the peer shall have time to read why before unread bytes reset the connection.
    LINGER,
    ENDED
  }

  /// What a peer may send on one stream before it is read: what it may send unasked.
  static final int STREAM_WINDOW = Settings.DEFAULT_WINDOW;

  /// Most bytes of a body's trailers.
  static final int TRAILERS = 8_192;

  private static final HpackDecoder.Sink NOBODY = (_, _, _, _) -> {};

  /// Windows that grow by less than this serve nobody but those who want to be a burden.
  private static final int SMALL_WINDOW = 1_024;

  private static final long LINGER_MILLIS = 2_000;
  private static final long LINGER_BYTES = 256 << 10;

  private final Channel channel;
  private final Http2Loop shared;
  private final FrameReader frames;
  private final Output output;
  private final SharedInflow inflow;
  private final SharedOutflow outflow;
  private final Settings peer = new Settings();
  private final HpackDecoder decoder;
  private final Calm calm;
  private final StreamTable streams = new StreamTable();
  private final EventLoop.Deadline deadline;
  private State state = State.OPEN;
  private @Nullable Buffer input;
  private long lingered;

  /// @param greeting what the peer sends before its first frame
  Connection(Channel channel, Http2Loop shared, byte[] greeting) {
    this.frames = new FrameReader(this, shared.buffers(), greeting);
    this.channel = channel;
    this.shared = shared;
    this.output = new Output(channel, this::turnEnds);
    this.inflow = new SharedInflow(output);
    this.outflow = new SharedOutflow(output, shared.fields());
    this.decoder = shared.decoder();
    this.calm = new Calm(shared.loop().now());
    this.deadline = shared.loop().deadline(this::expired);
  }

  /// Says what clients say before all else.
  final void sayHello() {
    output.bytes(Frame.PREFACE);
  }

  /// Says what every connection begins with.
  final void greet(int... settings) {
    output.settings(settings);
    inflow.open();
  }

  // ---- what differs between the sides

  /// A whole header block has come; it must be decoded, whatever becomes of it.
  @Override
  public abstract void headers(int stream, Buffer in, int from, int to, boolean ends)
      throws Violation;

  /// Whether a stream of this number has never been.
  @Override
  public abstract boolean idle(int stream);

  /// The peer has reset a stream.
  abstract void resetByPeer(Stream stream);

  /// The peer will take no streams beyond this one.
  @Override
  public abstract void goesAway(int lastStream);

  /// The number of the last stream of the peer that something was done about.
  abstract int lastStream();

  /// A channel of this connection is closed.
  abstract void released(Stream stream);

  /// A stream is over; its channel may take another one.
  abstract void freed(Stream stream);

  /// The connection is broken, or at its end: all channels fail.
  abstract void failAll();

  /// The deadline passed while it was open.
  abstract void tooLate();

  /// The channel below is closed.
  abstract void ended();

  // ---- what comes

  @Override
  public final void readable(Channel ignored) {
    switch (state) {
      case OPEN -> readFrames();
      case LINGER -> throwAway();
      case ENDED -> {}
    }
  }

  private void readFrames() {
    Buffer in = input == null ? shared.loop().borrow() : input;
    input = in;
    int count = channel.read(in);
    if (count < 0) {
      lost();
      return;
    }
    boolean more = count > 0 && in.room() == 0;
    take(in);
    if (more && live()) {
      // In its turn, so that one busy peer does not keep the others waiting.
      channel.readAgain();
    }
  }

  /// Takes what was read. The buffer is borrowed from the loop, and this connection's from now on.
  final void take(Buffer in) {
    // Whoever ends the connection meanwhile must not give back what is being read.
    input = null;
    try {
      frames.read(in);
    } catch (Violation violation) {
      refuse(violation.code());
    }
    if (in.isEmpty() || !live()) {
      shared.loop().giveBack(in);
    } else {
      input = in;
      int length = in.length();
      in.move(in.start(), 0, length);
      in.window(0, length);
    }
  }

  /// Whether streams may go on.
  @Override
  public final boolean live() {
    return state == State.OPEN;
  }

  @Override
  public final void data(Buffer in, int stream, int start, int end, int size, boolean ends)
      throws Violation {
    inflow.came(size);
    Stream of = streams.find(stream);
    if (of == null || of.in.ended()) {
      credit(size);
      tooLateFor(stream, of);
      return;
    }
    ErrorCode wrong = of.data(in, start, end, size, ends);
    if (wrong != null) {
      credit(size);
      spoil(of, wrong);
    } else {
      of.settle();
      of.arrived();
    }
  }

  /// Something came for a stream whose peer had ended it, or that is gone.
  final void tooLateFor(int stream, @Nullable Stream of) throws Violation {
    if (of != null) {
      spoil(of, ErrorCode.STREAM_CLOSED);
    } else if (!streams.wasReset(stream)) {
      throw new Violation(ErrorCode.STREAM_CLOSED, "a stream goes on behind its end");
    }
  }

  /// The peer did something that costs us and helps nobody.
  @Override
  public final void disturbed() throws Violation {
    calm.disturbed(shared.loop().now());
  }

  /// Decodes a header block.
  ///
  /// @return whether its fields keep to the limit
  final boolean decode(Buffer in, int from, int to, HpackDecoder.Sink sink) throws Violation {
    return decoder.decode(in, from, to, sink);
  }

  /// Decodes a header block whose fields nobody wants: those that come next build upon it.
  final void discard(Buffer in, int from, int to) throws Violation {
    decoder.decode(in, from, to, NOBODY);
    disturbed();
  }

  @Override
  public final void settings(Buffer in, int from, int to) throws Violation {
    disturbed();
    int before = peer.initialWindow();
    peer.take(in, from, to);
    int wider = peer.initialWindow() - before;
    if (!streams.all(it -> it.widen(wider))) {
      throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "a window too large");
    }
    output.settingsTaken();
  }

  @Override
  public final void ping(Buffer in, int at) throws Violation {
    disturbed();
    output.pong(in, at);
  }

  @Override
  public final void windowUpdate(int stream, int bytes) throws Violation {
    if (bytes < SMALL_WINDOW) {
      disturbed();
    }
    if (stream == 0) {
      outflow.widen(bytes);
    } else {
      Stream of = streams.find(stream);
      if (of == null) {
        return;
      }
      if (bytes == 0) {
        spoil(of, ErrorCode.PROTOCOL_ERROR);
      } else if (!of.widen(bytes)) {
        spoil(of, ErrorCode.FLOW_CONTROL_ERROR);
      }
    }
    outflow.resume();
  }

  @Override
  public final void reset(int stream) throws Violation {
    disturbed();
    Stream of = streams.find(stream);
    if (of != null) {
      unbind(of);
      resetByPeer(of);
    }
  }

  /// The peer broke a rule on one stream: that ends.
  final void spoil(Stream stream, ErrorCode why) throws Violation {
    disturbed();
    reset(stream, why);
    stream.fail();
  }

  // ---- streams

  final void bind(Stream stream) {
    streams.add(stream);
    deadline.cancel();
  }

  /// Leaves a stream that is over.
  final void unbind(Stream stream) {
    streams.remove(stream);
    freed(stream);
    if (streams.isEmpty() && live()) {
      resting();
    }
  }

  /// No stream is under way.
  abstract void resting();

  final int active() {
    return streams.size();
  }

  /// Who hears of the streams that are under way now.
  public final List<Handler> handlers() {
    List<Handler> all = new ArrayList<>();
    streams.all(it -> all.add(it.handler()));
    return all;
  }

  final @Nullable Stream find(int stream) {
    return streams.find(stream);
  }

  /// Ends a stream early, and forgets it.
  final void reset(Stream stream, ErrorCode why) {
    reset(stream.id, why);
    unbind(stream);
  }

  /// What is still to come of a stream is ignored.
  final void forget(int stream) {
    streams.remember(stream);
  }

  final void reset(int stream, ErrorCode why) {
    streams.remember(stream);
    if (live()) {
      output.reset(stream, why);
    }
  }

  // ---- what goes

  final void goAway(ErrorCode why) {
    output.goAway(lastStream(), why);
  }

  /// So much was taken by readers: the peer may send as much again.
  final void credit(int bytes) {
    if (live()) {
      inflow.credit(bytes);
    }
  }

  final void widen(int stream, int bytes) {
    if (live()) {
      output.windowUpdate(stream, bytes);
    }
  }

  @Override
  public final void writable(Channel ignored) {
    turnEnds();
  }

  private void turnEnds() {
    output.flush();
    if (output.broken()) {
      lost();
    } else if (live()) {
      outflow.resume();
    } else if (state == State.LINGER && output.isEmpty()) {
      channel.shutdownOutput();
    }
  }

  // ---- the end

  /// Moves the deadline; 0 is no limit.
  final void arm(long millis) {
    if (millis > 0) {
      deadline.in(millis);
    } else {
      deadline.cancel();
    }
  }

  private void expired() {
    switch (state) {
      case OPEN -> tooLate();
      case LINGER -> finish();
      case ENDED -> {}
    }
  }

  /// The peer broke the rules.
  private void refuse(ErrorCode why) {
    if (live()) {
      leave(why);
    }
  }

  /// Ends the connection, and says why.
  final void leave(ErrorCode why) {
    goAway(why);
    endStreams();
    output.flush();
    if (output.broken()) {
      finish();
      return;
    }
    if (output.isEmpty()) {
      channel.shutdownOutput();
    }
    deadline.in(LINGER_MILLIS);
    channel.readAgain();
  }

  private void throwAway() {
    Buffer in = shared.loop().scratch();
    in.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    int count = channel.read(in);
    lingered += Math.max(0, count);
    if (count < 0 || lingered > LINGER_BYTES) {
      finish();
    } else if (in.room() == 0) {
      channel.readAgain();
    }
    in.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
  }

  /// Breaks off.
  public final void abort() {
    channel.abort();
    lost();
  }

  /// The connection is gone.
  private void lost() {
    if (live()) {
      endStreams();
    }
    finish();
  }

  private void endStreams() {
    state = State.LINGER;
    outflow.close();
    failAll();
  }

  /// Closes at once.
  private void finish() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    deadline.cancel();
    output.stop();
    if (input != null) {
      shared.loop().giveBack(input);
      input = null;
    }
    frames.close();
    channel.close();
    ended();
  }

  // ---- what streams need to know

  final Channel channel() {
    return channel;
  }

  final Http2Loop shared() {
    return shared;
  }

  final Settings peer() {
    return peer;
  }

  final SharedOutflow outflow() {
    return outflow;
  }
}
