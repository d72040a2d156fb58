package agrippa.proxy.tls;

import agrippa.proxy.tls.TlsRecords.Progress;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.Deadline;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Handler.ConnectFailure;
import agrippa.proxy.transport.TlsInfo;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// TLS over a plain channel: a [Channel] for its session, the [Handler] of the channel below.
final class TlsChannel implements Channel, Handler {
  /*
   *   CONNECTING --connected--> HANDSHAKE --done--> OPEN --close()--> LINGERING --sent--> CLOSED
   *        |                        |                 |                   ^
   *        +------ failed ----------+--- CLOSED       +- nothing to send -+--> CLOSED
   *
   * Ciphertext waits in two places only. `received` holds what could not be decrypted yet: a part
   * of a record (the JDK's engine keeps none itself), or records for whose plaintext the session
   * had no room. `unsent` holds what the channel below did not take; while it holds anything, no
   * more plaintext is taken, so that a slow peer slows down its source.
   */
  private static final System.Logger LOG = System.getLogger(TlsChannel.class.getName());

  /// Longest wait for a peer to take the last bytes before a close.
  private static final long LINGER_MILLIS = 5_000;

  /// Most plaintext encrypted before it is sent: four full records a system call. A peer that did
  /// not take the last ones gets single ones, which bounds what waits for it.
  private static final int BULK = 4 * 16_384;

  private static final int SINGLE = 16_384;

  /// Reads of the channel below in one read of this one, if they give no plaintext.
  private static final int ROUNDS = 4;

  private final TlsBuffers buffers;
  private final TlsRecords records;
  private final Channel plain;
  private final Outcome outcome;
  private final boolean server;
  private final long patience;
  private final Deadline deadline;

  private Handler handler = Unheard.INSTANCE;
  private State state;
  private @Nullable Buffer received;
  private @Nullable Buffer unsent;
  private @Nullable TlsInfo info;

  /// END or FAILED once that is all that reading will ever say.
  private int ending = WOULD_BLOCK;

  /// Whether there may be plaintext without reading the channel below.
  private boolean untried;

  private boolean broken;
  private boolean writerWaits;
  private boolean outputShut;

  private TlsChannel(
      TlsBuffers buffers,
      TlsRecords records,
      long patience,
      Function<Handler, Channel> below,
      boolean server,
      Outcome outcome) {
    this.buffers = buffers;
    this.records = records;
    this.patience = patience;
    this.server = server;
    this.outcome = outcome;
    this.state = server ? State.HANDSHAKE : State.CONNECTING;
    this.plain = below.apply(this);
    this.deadline = plain.loop().deadline(this::expired);
  }

  /// The server side over a channel that was just accepted.
  static void accepting(
      TlsBuffers buffers,
      TlsRecords records,
      long patience,
      Channel plain,
      Consumer<Channel> established,
      Runnable failed) {
    TlsChannel channel =
        new TlsChannel(
            buffers,
            records,
            patience,
            layer -> {
              plain.handler(layer);
              return plain;
            },
            true,
            new Accepted(established, failed));
    channel.deadline.in(patience);
  }

  /// The client side over a channel that `below` starts to connect.
  static Channel connecting(
      TlsBuffers buffers,
      TlsRecords records,
      long patience,
      Function<Handler, Channel> below,
      Handler handler) {
    TlsChannel channel =
        new TlsChannel(buffers, records, patience, below, false, Connected.INSTANCE);
    channel.handler = handler;
    return channel;
  }

  // --- what the channel below tells ---

  @Override
  public void connected(Channel below) {
    if (state == State.CONNECTING) {
      state = State.HANDSHAKE;
      deadline.in(patience);
      advance(buffers.input());
    }
  }

  @Override
  public void connectFailed(Channel below, ConnectFailure why) {
    if (state == State.CONNECTING) {
      end();
      handler.connectFailed(this, why);
    }
  }

  @Override
  public void readable(Channel below) {
    switch (state) {
      case HANDSHAKE -> readHandshake();
      case OPEN -> handler.readable(this);
      case CONNECTING, LINGERING, CLOSED -> {}
    }
  }

  @Override
  public void writable(Channel below) {
    if (state == State.CLOSED || unsent == null) {
      return;
    }
    boolean sent = sendUnsent();
    switch (state) {
      case OPEN -> {
        if (broken) {
          handler.readable(this);
        } else if (sent) {
          resumeWriter();
        }
      }
      case LINGERING -> {
        if (sent || broken) {
          end();
        }
      }
      case HANDSHAKE -> {
        if (broken) {
          fail(ConnectFailure.RESET, "the peer takes nothing");
        }
      }
      case CONNECTING, CLOSED -> {}
    }
  }

  private void resumeWriter() {
    if (outputShut) {
      plain.shutdownOutput();
    } else if (writerWaits) {
      writerWaits = false;
      handler.writable(this);
    }
  }

  private void expired() {
    switch (state) {
      case HANDSHAKE -> fail(ConnectFailure.TLS, "no end in time");
      case LINGERING -> end();
      case CONNECTING, OPEN, CLOSED -> {}
    }
  }

  // --- the handshake ---

  private void readHandshake() {
    while (state == State.HANDSHAKE) {
      Buffer in = input(Integer.MAX_VALUE);
      int got = in.room() == 0 ? FAILED : plain.read(in);
      if (got == END || got == FAILED) {
        fail(ConnectFailure.RESET, "the peer left");
        return;
      }
      boolean drained = in.room() > 0;
      if (got == WOULD_BLOCK) {
        keep(in);
        return;
      }
      if (!advance(in) || drained) {
        return;
      }
    }
  }

  /// Goes on with what came in.
  ///
  /// @return whether the handshake waits for more
  private boolean advance(Buffer in) {
    Progress progress = records.handshake(in);
    keep(in);
    boolean sent = send();
    switch (progress) {
      case MORE -> {
        if (!sent) {
          fail(ConnectFailure.RESET, "the peer takes nothing");
        }
        return sent;
      }
      case DONE -> {
        deadline.cancel();
        state = State.OPEN;
        untried = true;
        // What came behind the handshake is here already, and the channel below does not tell
        // twice.
        plain.readAgain();
        outcome.established(this);
        return false;
      }
      case FAILED -> {
        fail(ConnectFailure.TLS, records.failure());
        return false;
      }
    }
    throw new IllegalStateException(progress.name());
  }

  private void fail(ConnectFailure why, String reason) {
    LOG.log(
        System.Logger.Level.DEBUG, () -> "TLS handshake with " + remote() + " failed: " + reason);
    end();
    outcome.failed(this, why);
  }

  // --- what the session asks ---

  @Override
  public int read(Buffer into) {
    if (state != State.OPEN) {
      return FAILED;
    }
    int room = into.room();
    for (int round = 0; ending == WOULD_BLOCK && round < ROUNDS; round++) {
      boolean drained = false;
      Buffer in = input(room);
      if (!untried) {
        int got = in.room() == 0 ? FAILED : plain.read(in);
        if (got == WOULD_BLOCK) {
          keep(in);
          return WOULD_BLOCK;
        }
        if (got == END || got == FAILED) {
          ending = got == END && server ? END : FAILED;
          break;
        }
        drained = in.room() > 0;
      }
      int got = decrypt(in, into);
      if (got > 0) {
        // A read that leaves room promises that all there is was taken, or that this is heard
        // again.
        if (got < room && (untried || !drained || ending != WOULD_BLOCK)) {
          plain.readAgain();
        }
        return got;
      }
      if (drained) {
        return ending;
      }
    }
    if (ending == WOULD_BLOCK) {
      plain.readAgain();
    }
    return ending;
  }

  /// One step of decryption, with what it has to say to the peer (alerts, key updates).
  private int decrypt(Buffer in, Buffer into) {
    int got = records.decrypt(in, into);
    untried = records.unfinished();
    keep(in);
    if (got == END || got == FAILED) {
      ending = got;
      if (got == FAILED) {
        LOG.log(System.Logger.Level.DEBUG, () -> "TLS with " + remote() + ": " + records.failure());
      }
    }
    if (!send()) {
      ending = FAILED;
    }
    return Math.max(got, 0);
  }

  @Override
  public int write(Buffer from) {
    if (state != State.OPEN || outputShut || broken) {
      return FAILED;
    }
    int limit = BULK;
    if (unsent != null) {
      if (!sendUnsent()) {
        writerWaits = true;
        return broken ? FAILED : WOULD_BLOCK;
      }
      limit = SINGLE;
    }
    int taken = 0;
    while (!from.isEmpty() && unsent == null) {
      int count = records.encrypt(from, limit);
      if (count <= 0 || !send()) {
        broken = true;
        return FAILED;
      }
      taken += count;
    }
    writerWaits = !from.isEmpty();
    return taken;
  }

  @Override
  public void shutdownOutput() {
    if (state != State.OPEN || outputShut) {
      return;
    }
    outputShut = true;
    if (!broken && ending != FAILED) {
      records.closeNotify();
      send();
    }
    if (unsent == null) {
      plain.shutdownOutput();
    }
  }

  @Override
  public void close() {
    if (state == State.OPEN && !outputShut && !broken && ending != FAILED) {
      records.closeNotify();
      send();
    }
    if (state == State.OPEN && unsent != null && !broken) {
      state = State.LINGERING;
      records.free();
      deadline.in(LINGER_MILLIS);
    } else if (state != State.LINGERING) {
      end();
    }
  }

  @Override
  public void abort() {
    if (state != State.CLOSED) {
      plain.abort();
      end();
    }
  }

  @Override
  public boolean isOpen() {
    return switch (state) {
      case CONNECTING, HANDSHAKE, OPEN -> true;
      case LINGERING, CLOSED -> false;
    };
  }

  @Override
  public void handler(Handler next) {
    handler = next;
  }

  @Override
  public void readAgain() {
    plain.readAgain();
  }

  @Override
  public EventLoop loop() {
    return plain.loop();
  }

  @Override
  public InetSocketAddress remote() {
    return plain.remote();
  }

  @Override
  public InetSocketAddress local() {
    return plain.local();
  }

  /// Null as long as the handshake goes on, and after the end if nobody asked before.
  @Override
  public @Nullable TlsInfo tls() {
    if (info == null && state == State.OPEN) {
      info = records.info();
    }
    return info;
  }

  // --- ciphertext ---

  /// The loop's receive buffer with what was received before in it, and room for about as much
  /// ciphertext as there is room for its plaintext.
  private Buffer input(int plaintextRoom) {
    Buffer in = buffers.input();
    Buffer before = received;
    if (before != null) {
      in.append(before);
      buffers.give(before);
      received = null;
      return in;
    }
    // A part of a record may already be inside: its plaintext needs room too.
    int room = plaintextRoom - TlsBuffers.RECORD;
    int limit = Math.min(in.capacity(), Math.max(room, TlsBuffers.RECORD));
    in.window(in.capacity() - limit, in.capacity() - limit);
    return in;
  }

  private void keep(Buffer in) {
    if (!in.isEmpty()) {
      received = buffers.keep(null, in);
    }
  }

  /// Sends what the last call of the engine wants sent, behind what waits.
  ///
  /// @return whether the connection still works
  private boolean send() {
    Buffer out = records.output();
    if (out.isEmpty() || broken) {
      return !broken;
    }
    if (unsent == null) {
      broken = plain.write(out) == FAILED;
    }
    if (!broken && !out.isEmpty()) {
      unsent = buffers.keep(unsent, out);
      broken = unsent == null;
    }
    out.window(0, 0);
    return !broken;
  }

  /// @return whether nothing waits any more
  private boolean sendUnsent() {
    Buffer waiting = unsent;
    if (waiting == null) {
      return true;
    }
    broken |= plain.write(waiting) == FAILED;
    if (broken) {
      ending = FAILED;
      return false;
    }
    if (waiting.isEmpty()) {
      buffers.give(waiting);
      unsent = null;
      return true;
    }
    return false;
  }

  /// Frees everything and closes the channel below.
  private void end() {
    state = State.CLOSED;
    deadline.cancel();
    records.free();
    if (received != null) {
      buffers.give(received);
      received = null;
    }
    if (unsent != null) {
      buffers.give(unsent);
      unsent = null;
    }
    plain.close();
  }

  private enum State {
    CONNECTING,
    HANDSHAKE,
    OPEN,
    LINGERING,
    CLOSED
  }

  /// Who is told how the handshake went.
  private sealed interface Outcome {
    void established(TlsChannel channel);

    void failed(TlsChannel channel, ConnectFailure why);
  }

  private record Accepted(Consumer<Channel> acceptor, Runnable refused) implements Outcome {
    @Override
    public void established(TlsChannel channel) {
      acceptor.accept(channel);
    }

    @Override
    public void failed(TlsChannel channel, ConnectFailure why) {
      refused.run();
    }
  }

  private enum Connected implements Outcome {
    INSTANCE;

    @Override
    public void established(TlsChannel channel) {
      channel.handler.connected(channel);
    }

    @Override
    public void failed(TlsChannel channel, ConnectFailure why) {
      channel.handler.connectFailed(channel, why);
    }
  }

  /// Hears events that come before a session is there.
  private enum Unheard implements Handler {
    INSTANCE;

    @Override
    public void readable(Channel channel) {}

    @Override
    public void writable(Channel channel) {}
  }
}
