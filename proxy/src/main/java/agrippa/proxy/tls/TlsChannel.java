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
   * Ciphertext waits in two places only. The inbox holds what could not be decrypted yet: a part
   * of a record (the JDK's engine keeps none itself), or records for whose plaintext the session
   * had no room. The outbox holds what the channel below did not take; while it holds anything, no
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

  private final TlsRecords records;
  private final Channel plain;
  private final Inbox inbox;
  private final Outbox outbox;
  private final TlsOutcome outcome;
  private final boolean server;
  private final long patience;
  private final Deadline deadline;

  private Handler handler = Unheard.INSTANCE;
  private State state;
  private @Nullable TlsInfo info;

  /// END or FAILED once that is all that reading will ever say.
  private int ending = WOULD_BLOCK;

  /// Whether there may be plaintext without reading the channel below.
  private boolean untried;

  private boolean writerWaits;
  private boolean outputShut;

  private TlsChannel(
      TlsBuffers buffers,
      TlsRecords records,
      long patience,
      Function<Handler, Channel> below,
      boolean server,
      TlsOutcome outcome) {
    this.records = records;
    this.patience = patience;
    this.server = server;
    this.outcome = outcome;
    this.state = server ? State.HANDSHAKE : State.CONNECTING;
    this.plain = below.apply(this);
    this.inbox = new Inbox(buffers);
    this.outbox = new Outbox(buffers, plain);
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
            new TlsOutcome.Accepted(established, failed));
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
        new TlsChannel(buffers, records, patience, below, false, TlsOutcome.Connected.INSTANCE);
    channel.handler = handler;
    return channel;
  }

  // --- what the channel below tells ---

  @Override
  public void connected(Channel below) {
    if (state == State.CONNECTING) {
      state = State.HANDSHAKE;
      deadline.in(patience);
      advance(inbox.open(0));
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
    if (state == State.CLOSED || outbox.isEmpty()) {
      return;
    }
    boolean sent = outbox.flush();
    switch (state) {
      case OPEN -> {
        if (outbox.isBroken()) {
          ending = FAILED;
          handler.readable(this);
        } else if (sent) {
          resumeWriter();
        }
      }
      case LINGERING -> {
        if (sent || outbox.isBroken()) {
          end();
        }
      }
      case HANDSHAKE -> {
        if (outbox.isBroken()) {
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
      Buffer in = inbox.open(Integer.MAX_VALUE);
      int got = in.room() == 0 ? FAILED : plain.read(in);
      if (got == END || got == FAILED) {
        fail(ConnectFailure.RESET, "the peer left");
        return;
      }
      boolean drained = in.room() > 0;
      if (got == WOULD_BLOCK) {
        inbox.keep(in);
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
    inbox.keep(in);
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
      Buffer in = inbox.open(room);
      if (!untried) {
        int got = in.room() == 0 ? FAILED : plain.read(in);
        if (got == WOULD_BLOCK) {
          inbox.keep(in);
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
    inbox.keep(in);
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
    if (state != State.OPEN || outputShut || outbox.isBroken()) {
      return FAILED;
    }
    int limit = BULK;
    if (!outbox.isEmpty()) {
      if (!outbox.flush()) {
        writerWaits = true;
        return outbox.isBroken() ? FAILED : WOULD_BLOCK;
      }
      limit = SINGLE;
    }
    int taken = 0;
    while (!from.isEmpty() && outbox.isEmpty()) {
      int count = records.encrypt(from, limit);
      if (count <= 0 || !send()) {
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
    sayGoodbye();
    if (outbox.isEmpty()) {
      plain.shutdownOutput();
    }
  }

  @Override
  public void close() {
    if (state == State.OPEN && !outputShut) {
      sayGoodbye();
    }
    if (state == State.OPEN && !outbox.isEmpty() && !outbox.isBroken()) {
      state = State.LINGERING;
      records.free();
      deadline.in(LINGER_MILLIS);
    } else if (state != State.LINGERING) {
      end();
    }
  }

  private void sayGoodbye() {
    if (!outbox.isBroken() && ending != FAILED) {
      records.closeNotify();
      send();
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

  /// Who is told now.
  Handler handler() {
    return handler;
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

  /// Sends what the last call of the engine wants sent.
  ///
  /// @return whether the connection still works
  private boolean send() {
    return outbox.send(records.output());
  }

  /// Frees everything and closes the channel below.
  private void end() {
    state = State.CLOSED;
    deadline.cancel();
    records.free();
    inbox.free();
    outbox.free();
    plain.close();
  }

  private enum State {
    CONNECTING,
    HANDSHAKE,
    OPEN,
    LINGERING,
    CLOSED
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
