package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http2.ServerConnection;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An HTTP/1 client connection: one request after another, each an [Exchange] with an endpoint.
///
/// ```
///   HEAD ──request──▶ EXCHANGE ──response──▶ HEAD | LINGER ──▶ ENDED
/// ```
///
/// A client whose first bytes say that it speaks HTTP/2 is handed over to an [Http2Session].
public final class HttpSession implements Session, Handler {
  private enum State {
    /// Idle, or a part of a head is there.
    HEAD,
    EXCHANGE,
    /// The last response is sent; what the client still sends is thrown away, because closing on
    /// unread bytes would reset the connection and may take the response with it.
    LINGER,
    ENDED
  }

  private static final long LINGER_MILLIS = 2_000;
  private static final long LINGER_BYTES = 256 << 10;

  private final Channel client;
  private final Supplier<FrontendSnapshot> frontend;
  private final FrontendStats.Local stats;
  private final HttpLoop http;
  private final Runnable ended;
  private final Client from;
  private final EventLoop.Deadline deadline;
  private final Arrival arrival;
  private final Exchange exchange;
  private final Dispatch dispatch;
  private State state = State.HEAD;
  private boolean draining;
  // Whether there was no request yet.
  private boolean fresh = true;

  // The next request's first bytes, if they could not be used at once.
  private @Nullable Buffer held;
  // Whether nobody has looked at them yet.
  private boolean unseen;
  // When its first byte came, or 0 if all of it came at once.
  private long since;
  private long lingered;

  // Serves the client in this one's place, which has ended.
  private @Nullable Http2Session successor;

  /// @param client accepted, its TLS handshake done
  /// @param frontend the frontend as planned now; asked at each request
  /// @param stats this loop's counters of the frontend
  /// @param ended called once, when the client channel is closed
  public HttpSession(
      Channel client,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      HttpLoop http,
      Runnable ended) {
    this.client = client;
    this.frontend = frontend;
    this.stats = stats;
    this.http = http;
    this.ended = ended;
    this.from = Client.at(client.remote());
    this.deadline = http.loop().deadline(this::expired);
    Passage passage = new Passage(stats, http.journal());
    this.arrival = new Arrival(http, passage, from, client);
    this.exchange = new Exchange(this, http, client, passage, frontend.get().plan().timeouts());
    this.dispatch = new Dispatch(exchange, http, client, from, stats);
  }

  @Override
  public void start() {
    client.handler(this);
    arm(frontend.get().plan().timeouts().clientIdle());
    client.readAgain();
  }

  @Override
  public void drain() {
    if (successor != null) {
      successor.drain();
      return;
    }
    draining = true;
    if (state == State.HEAD && held == null) {
      end();
    }
  }

  @Override
  public void leaveDrained() {
    if (successor != null) {
      successor.leaveDrained();
    } else if (state == State.EXCHANGE) {
      exchange.leaveDrained();
    }
  }

  @Override
  public void abort() {
    if (successor != null) {
      successor.abort();
    } else if (state != State.ENDED) {
      client.abort();
      end();
    }
  }

  @Override
  public void readable(Channel ignored) {
    switch (state) {
      case HEAD -> readHead();
      case EXCHANGE -> exchange.clientReadable();
      case LINGER -> throwAway();
      case ENDED -> {}
    }
  }

  @Override
  public void writable(Channel ignored) {
    if (state == State.EXCHANGE) {
      exchange.clientWritable();
    }
  }

  // ---- a request's head

  private void readHead() {
    Buffer in = held == null ? http.scratch() : held;
    boolean whole = true;
    boolean drained = false;
    if (unseen) {
      unseen = false;
    } else {
      int known = in.end();
      int count = client.read(in);
      if (count <= 0) {
        clientSilent(count);
        return;
      }
      drained = in.room() > 0;
      stats.bytesIn(count);
      whole = held == null || http.scanner().worthAScan(in, known);
    }
    int end = whole ? http.scanner().request(in, http.request()) : HeadScanner.INCOMPLETE;
    if (end > 0) {
      held = null;
      state = State.EXCHANGE;
      request(in, drained);
    } else if (end == HeadScanner.INCOMPLETE) {
      hold(in, drained);
    } else if (end == HeadScanner.VERSION_NOT_SUPPORTED && greets(in)) {
      greeted(in, drained);
    } else {
      refuse(Answer.refusal(-end));
    }
  }

  /// Answers a client without having understood its request.
  private void refuse(Answer answer) {
    state = State.EXCHANGE;
    arrival.garbled(frontend.get().plan());
    exchange.refuse(answer);
  }

  private void clientSilent(int why) {
    if (why == Channel.WOULD_BLOCK) {
      return;
    }
    if (held != null) {
      stats.requestError();
    }
    end();
  }

  /// Keeps a part of a head. The deadline is that of its first byte: later ones do not move it.
  private void hold(Buffer in, boolean drained) {
    if (in.isEmpty()) {
      giveUpHeld();
    } else if (in != held) {
      held = http.keepHead(in, in.start(), in.end(), Math.max(1_024, in.length()));
      since = http.loop().now();
      arm(frontend.get().plan().timeouts().clientIdle());
    } else if (in.room() == 0) {
      held = http.keepHead(in, in.start(), in.end(), in.length());
      http.giveBack(in);
    }
    if (!drained) {
      client.readAgain();
    }
  }

  /// Whether the client begins to speak HTTP/2 as those do who know that it is understood (RFC
  /// 9113, section 3.3). With TLS it is agreed upon before.
  private boolean greets(Buffer in) {
    return fresh && client.tls() == null && ServerConnection.greets(in);
  }

  private void greeted(Buffer in, boolean drained) {
    if (in.length() < ServerConnection.greeting()) {
      hold(in, drained);
      return;
    }
    state = State.ENDED;
    deadline.cancel();
    exchange.end();
    Http2Session next = new Http2Session(client, frontend, stats, http, ended);
    successor = next;
    next.start(in);
    giveUpHeld();
  }

  // ---- a request

  /// Takes the body as far as it is here, and leaves the rest to whoever decides.
  private void request(Buffer in, boolean drained) {
    stats.request();
    fresh = false;
    FrontendSnapshot now = frontend.get();

    // The body, as far as it came along; what is behind it is the next request's.
    int bodyEnd = exchange.begin(in, now.plan().timeouts(), now.tunnelTimeouts(), drained);
    if (bodyEnd < 0) {
      arrival.request(now.plan(), in, waited());
      http.giveBack(in);
      exchange.refuse(Answer.BAD_REQUEST);
      return;
    }
    readBehind(in, bodyEnd);
    in.window(in.start(), bodyEnd);
    arrival.request(now.plan(), in, waited());
    if (exchange.needsNoMore()) {
      client.rest();
    }

    dispatch.request(in, now);
  }

  /// How long the head took to arrive.
  private long waited() {
    long millis = since == 0 ? 0 : http.loop().now() - since;
    since = 0;
    return millis;
  }

  // ---- what the exchange asks for

  Client from() {
    return from;
  }

  boolean draining() {
    return draining;
  }

  /// Moves the deadline; 0 is no limit.
  void arm(long millis) {
    if (millis > 0) {
      deadline.in(millis);
    } else {
      deadline.cancel();
    }
  }

  void countError() {
    stats.requestError();
  }

  /// Keeps what a read brought behind a request.
  void readBehind(Buffer in, int requestEnd) {
    if (requestEnd < in.end()) {
      held = http.keepHead(in, requestEnd, in.end(), 0);
      unseen = true;
    }
  }

  /// Keeps what a body's relay read too much.
  void readAhead(@Nullable Buffer behind) {
    if (behind != null) {
      held = behind;
      unseen = true;
    }
  }

  /// Something came while a request is under way: the next one, or the end.
  ///
  /// @return whether the read left nothing behind
  boolean readAhead() {
    if (held != null) {
      return false;
    }
    Buffer in = http.scratch();
    int count = client.read(in);
    if (count == Channel.FAILED) {
      exchange.clientLost();
    } else if (count > 0) {
      stats.bytesIn(count);
      readBehind(in, in.start());
    }
    return count == Channel.WOULD_BLOCK || (count > 0 && in.room() > 0);
  }

  /// The client ended while it sent a body.
  void clientGaveUp() {
    stats.requestError();
    abort();
  }

  /// A response cannot be completed.
  ///
  /// @param noticed whether the client sees by the framing that something is missing; else only a
  ///     reset tells
  void cutOff(boolean noticed) {
    if (noticed) {
      end();
    } else {
      abort();
    }
  }

  /// Gives away what was read behind a request.
  @Nullable Buffer takeHeld() {
    Buffer behind = held;
    held = null;
    unseen = false;
    return behind;
  }

  /// A response is delivered.
  ///
  /// @param again whether another request may follow
  /// @param whole whether the request was read to its end
  /// @param drained whether the client's last read left nothing behind
  void responded(boolean again, boolean whole, boolean drained) {
    if (again && !draining) {
      state = State.HEAD;
      arm(frontend.get().plan().timeouts().clientIdle());
      if (unseen || !drained) {
        // In its turn, so that a client with many requests does not keep the others waiting.
        client.readAgain();
      }
    } else if (whole && held == null) {
      end();
    } else {
      linger();
    }
  }

  // ---- the end

  private void linger() {
    state = State.LINGER;
    client.shutdownOutput();
    deadline.in(LINGER_MILLIS);
    client.readAgain();
  }

  private void throwAway() {
    Buffer in = http.scratch();
    int count = client.read(in);
    lingered += Math.max(0, count);
    if (count < 0 || lingered > LINGER_BYTES) {
      end();
    } else if (in.room() == 0) {
      client.readAgain();
    }
    in.window(in.start(), in.start());
  }

  private void expired() {
    switch (state) {
      case HEAD -> {
        if (held == null) {
          end();
        } else {
          refuse(Answer.REQUEST_TIMEOUT);
        }
      }
      case EXCHANGE -> exchange.expired();
      case LINGER -> end();
      case ENDED -> {}
    }
  }

  void end() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    deadline.cancel();
    exchange.end();
    giveUpHeld();
    client.close();
    ended.run();
  }

  private void giveUpHeld() {
    if (held != null) {
      http.giveBack(held);
      held = null;
      unseen = false;
    }
  }
}
