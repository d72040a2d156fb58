package agrippa.proxy.session;

import agrippa.proxy.encode.Encoders;
import agrippa.proxy.http.ChunkScanner;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.Pump;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Moves one message's bytes from one channel to another: writes through, and owns memory only
/// while the sink takes nothing. Reads no further then, which is the back-pressure. Used for
/// message after message.
final class Relay {
  /// How the end of a body is known.
  enum Framing {
    NONE,
    LENGTH,
    CHUNKED,
    /// Chunks whose data goes on without them, for those who do not know chunks.
    UNWRAPPED,
    UNTIL_CLOSE
  }

  /// Where a body stands.
  enum Outcome {
    WAITING,
    DONE,
    /// The body is not framed as it must be.
    BAD,
    SOURCE_LOST,
    SINK_LOST
  }

  /// Makes something else of a body's data on its way.
  interface Stage {
    /// Takes what comes next.
    ///
    /// @param in at most [#PIECE] bytes
    /// @param last whether the body ends with it
    /// @return what goes to the sink in its place; holds until the next call
    Buffer through(Buffer in, boolean last);

    /// The body is over, or broke off.
    void end();
  }

  /// Most bytes that a stage takes at once.
  static final int PIECE = Encoders.PIECE;

  private final HttpLoop http;
  private @Nullable ChunkScanner chunks;
  private @Nullable Channel from;
  private @Nullable Channel to;
  private @Nullable Stage stage;
  private Framing framing = Framing.NONE;
  private long left;
  private boolean taken = true;
  private boolean drained;
  private boolean overrun;
  private @Nullable Buffer pending;
  private @Nullable Buffer surplus;
  private @Nullable Pump pump;
  private boolean ahead;
  private long received;
  private long sent;

  Relay(HttpLoop http) {
    this.http = http;
  }

  /// Begins another body.
  ///
  /// @param length of a body with [Framing#LENGTH]
  /// @param sourceDrained whether the read that brought the head left nothing behind
  void begin(Channel source, Framing framing, long length, boolean sourceDrained) {
    endStage();
    this.from = source;
    this.framing = framing;
    left = length;
    ahead = false;
    overrun = false;
    taken = framing == Framing.NONE || (framing == Framing.LENGTH && length == 0);
    drained = sourceDrained;
    if (framing == Framing.CHUNKED || framing == Framing.UNWRAPPED) {
      if (chunks == null) {
        chunks = new ChunkScanner(http.limits());
      }
      chunks.reset();
    }
  }

  void sink(Channel sink) {
    to = sink;
  }

  /// Has all that is not yet taken of a body go through something, which is told of its end in any
  /// case. The data of chunks goes without them.
  void stage(Stage through) {
    stage = through;
    if (framing == Framing.CHUNKED) {
      framing = Framing.UNWRAPPED;
    }
  }

  /// Takes what belongs to the body of the bytes that were read and begin at `at`.
  ///
  /// @return where they end, or -1 if the framing is bad
  int take(Buffer in, int at) {
    int end = in.end();
    if (taken) {
      overrun = at < end;
      return at;
    }
    switch (framing) {
      case NONE -> {}
      case LENGTH -> {
        end = (int) Math.min(end, at + left);
        left -= end - at;
        taken = left == 0;
        overrun = end < in.end();
      }
      case CHUNKED, UNWRAPPED -> end = takeChunks(in, at);
      case UNTIL_CLOSE -> {}
    }
    return end;
  }

  private int takeChunks(Buffer in, int at) {
    ChunkScanner scanner = Objects.requireNonNull(chunks);
    boolean unwrapped = framing == Framing.UNWRAPPED;
    int end = unwrapped ? scanner.unwrap(in, at, in.end()) : scanner.scan(in, at, in.end());
    taken = scanner.done();
    overrun = taken && (unwrapped ? scanner.behind() : end) < in.end();
    return scanner.bad() ? -1 : end;
  }

  /// Has the body's first part go through its stage.
  ///
  /// @param to where it ends, as [#take] said
  /// @return what is to be sent in its place, until the next call; or null: there is none
  @Nullable Buffer staged(Buffer in, int from, int to) {
    if (stage == null || (from == to && !taken)) {
      return null;
    }
    int start = in.start();
    int end = in.end();
    in.window(from, to);
    Buffer out = stage.through(in, taken);
    in.window(start, end);
    return out;
  }

  /// Sends what is in a buffer, behind what is still pending.
  ///
  /// @return whether the sink is sound
  boolean send(Buffer in) {
    if (pending != null) {
      pending = joined(pending, in);
      return true;
    }
    // The rest of a long body is there already: one packet less, if it goes along.
    ahead = framing == Framing.LENGTH && left > 0 && !drained && stage == null;
    int count = ahead ? sink().writeAhead(in) : sink().write(in);
    if (count == Channel.FAILED) {
      return false;
    }
    sent += count;
    if (!in.isEmpty()) {
      pending = http.keep(in, in.start(), in.end());
    }
    return true;
  }

  private Buffer joined(Buffer first, Buffer second) {
    Buffer both = first;
    if (first.room() < second.length()) {
      both = http.buffers().take(first.length() + second.length());
      both.append(first);
      http.giveBack(first);
    }
    both.append(second);
    return both;
  }

  /// Moves on, after the source became readable or the sink writable.
  Outcome move() {
    if (pending != null) {
      Outcome flushed = flush(pending);
      if (flushed != Outcome.DONE) {
        return flushed;
      }
    }
    if (taken && pump == null) {
      return Outcome.DONE;
    }
    return switch (framing) {
      case NONE -> Outcome.DONE;
      case LENGTH, UNTIL_CLOSE -> stage == null ? pump() : copy();
      case CHUNKED, UNWRAPPED -> copy();
    };
  }

  private Outcome flush(Buffer out) {
    int count = sink().write(out);
    if (count == Channel.FAILED) {
      return Outcome.SINK_LOST;
    }
    sent += count;
    if (!out.isEmpty()) {
      return Outcome.WAITING;
    }
    http.giveBack(out);
    pending = null;
    return Outcome.DONE;
  }

  private Outcome copy() {
    Channel source = source();
    Buffer in = http.scratch();
    if (stage != null) {
      in.roomAtMost(framing == Framing.LENGTH ? (int) Math.min(left, PIECE) : PIECE);
    }
    int room = in.room();
    int count = source.read(in);
    if (count <= 0) {
      drained = true;
      return ended(in, count);
    }
    received += count;
    drained = count < room;
    int start = in.start();
    int end = take(in, start);
    if (end < 0) {
      return Outcome.BAD;
    }
    if (overrun && framing == Framing.CHUNKED) {
      surplus = http.keepHead(in, end, in.end(), 0);
    }
    in.window(start, end);
    Outcome outcome = deliver(in);
    if (outcome == Outcome.WAITING && pending == null && !drained) {
      // Others of this loop have their turn first.
      source.readAgain();
    }
    return outcome;
  }

  /// The source said nothing.
  private Outcome ended(Buffer in, int why) {
    if (why == Channel.END && framing == Framing.UNTIL_CLOSE) {
      taken = true;
      return deliver(in);
    }
    return why == Channel.WOULD_BLOCK ? Outcome.WAITING : Outcome.SOURCE_LOST;
  }

  private Outcome deliver(Buffer in) {
    Buffer out = in;
    if (stage != null && (taken || !in.isEmpty())) {
      out = stage.through(in, taken);
    }
    if (!out.isEmpty() && !send(out)) {
      return Outcome.SINK_LOST;
    }
    return taken && pending == null ? Outcome.DONE : Outcome.WAITING;
  }

  private Outcome pump() {
    if (pump == null) {
      pump = http.loop().pump(source(), sink());
    }
    long movedBefore = pump.moved();
    long takenBefore = movedBefore + pump.held();
    Pump.Stop stop = pump.move(framing == Framing.LENGTH ? left : Long.MAX_VALUE);
    long count = pump.moved() + pump.held() - takenBefore;
    received += count;
    sent += pump.moved() - movedBefore;
    if (ahead) {
      ahead = false;
      if (pump.moved() == movedBefore) {
        sink().flush();
      }
    }
    if (framing == Framing.LENGTH) {
      left -= count;
      taken = left == 0;
    }
    drained = stop == Pump.Stop.SOURCE_EMPTY;
    return switch (stop) {
      case SOURCE_EMPTY, SINK_FULL -> Outcome.WAITING;
      case LIMIT -> finished();
      case END -> framing == Framing.UNTIL_CLOSE ? finished() : Outcome.SOURCE_LOST;
      case SOURCE_FAILED -> Outcome.SOURCE_LOST;
      case SINK_FAILED -> Outcome.SINK_LOST;
    };
  }

  private Outcome finished() {
    taken = true;
    releasePump();
    return Outcome.DONE;
  }

  /// Whether all of the body was taken from the source.
  boolean taken() {
    return taken;
  }

  /// Whether all of the body was taken and delivered.
  boolean done() {
    return taken && pending == null && pump == null;
  }

  /// Whether the sink holds the body up.
  boolean blocked() {
    return pending != null || (pump != null && pump.held() > 0);
  }

  /// Whether the source's end is the body's, and the sink's will be, too.
  boolean untilClose() {
    return framing == Framing.UNTIL_CLOSE && stage == null;
  }

  /// Whether the last read left nothing behind, so that an event follows when something comes.
  boolean drained() {
    return drained;
  }

  /// Says that the source has something which is not read now.
  void missed() {
    drained = false;
  }

  /// Whether bytes were read behind the body.
  boolean overrun() {
    return overrun;
  }

  /// Bytes that were read behind the body; the caller owns them.
  @Nullable Buffer surplus() {
    Buffer behind = surplus;
    surplus = null;
    return behind;
  }

  /// Bytes read from the source since this was asked last.
  long received() {
    long count = received;
    received = 0;
    return count;
  }

  /// Bytes written to the sink since this was asked last.
  long sent() {
    long count = sent;
    sent = 0;
    return count;
  }

  /// Forgets the body and gives everything back.
  void reset() {
    releasePump();
    endStage();
    if (pending != null) {
      http.giveBack(pending);
      pending = null;
    }
    if (surplus != null) {
      http.giveBack(surplus);
      surplus = null;
    }
    framing = Framing.NONE;
    taken = true;
    from = null;
    to = null;
  }

  private void releasePump() {
    if (pump != null) {
      pump.reset();
      pump = null;
    }
  }

  private void endStage() {
    if (stage != null) {
      stage.end();
      stage = null;
    }
  }

  private Channel source() {
    return Objects.requireNonNull(from);
  }

  private Channel sink() {
    return Objects.requireNonNull(to);
  }
}
