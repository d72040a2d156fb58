package agrippa.proxy.session;

import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.session.Relay.Framing;
import agrippa.proxy.session.ResponseEdit.Connection;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import org.jspecify.annotations.Nullable;

/// A response on its way from an endpoint, or from the proxy itself, to the client. Used for
/// response after response.
final class Reply {
  /// What became of a try to go on.
  enum Outcome {
    /// No final head yet, or more of the body is to come.
    WAITING,
    /// The final head is sent, or will be as soon as the client takes it.
    BEGUN,
    /// Everything is delivered.
    DONE,
    /// The connection broke before a final head was sent.
    LOST,
    /// A final head came, but another endpoint may do better.
    DECLINED,
    /// What came is no response.
    BAD,
    /// It breaks off after its head was sent.
    CUT_OFF,
    CLIENT_LOST
  }

  /// What a reply asks its exchange.
  interface Context {
    /// The first byte came.
    void heard();

    /// Whether a final head is not to be delivered, since another endpoint is asked instead.
    boolean declines(ResponseHead head);

    /// Whether the client could send another request after this response.
    boolean clientMayStay();

    /// Looks at the final head, before it is edited.
    ///
    /// @return whole lines to add to it, or null
    byte @Nullable [] linesFor(Buffer in, ResponseHead head);
  }

  /// Read along with a head, bytes. Most responses are shorter; the body of a longer one is
  /// spliced, and what was read of it was copied twice for nothing. No more than is compressed at
  /// once.
  private static final int FIRST_READ = Relay.PIECE;

  /// Most interim responses to one request: many more than anybody has a use for, and an end to
  /// those who send nothing else.
  private static final int MOST_INTERIMS = 100;

  private final HttpLoop http;
  private final Channel client;
  private final Asked asked;
  private final Treatment treatment;
  private final Context context;
  private final Relay body;
  // A part of a head.
  private @Nullable Buffer partial;
  private boolean drained;
  private boolean reusable;
  private boolean switching;
  private int interims;

  Reply(HttpLoop http, Channel client, Asked asked, Treatment treatment, Context context) {
    this.http = http;
    this.client = client;
    this.asked = asked;
    this.treatment = treatment;
    this.context = context;
    this.body = new Relay(http);
  }

  /// Expects a response.
  void begin() {
    reusable = false;
    switching = false;
    interims = 0;
    body.begin(client, Framing.NONE, 0, true);
    body.sink(client);
  }

  /// Sends a response of the proxy's own.
  Outcome answer(Answer answer) {
    begin();
    Buffer out = http.scratch();
    answer.write(out, asked.head(), !asked.keepAlive(), !asked.http11());
    return send(out);
  }

  /// Sends a part of a response of the proxy's own.
  Outcome send(Buffer out) {
    return body.send(out) ? move() : Outcome.CLIENT_LOST;
  }

  /// Reads on towards a final head.
  Outcome read(Channel endpoint) {
    if (body.blocked()) {
      // The client has not taken what came before this response.
      return Outcome.WAITING;
    }
    Buffer in = partial;
    if (in == null) {
      in = http.scratch();
    }
    in.roomAtMost(FIRST_READ);
    int known = in.end();
    int room = in.room();
    int count = endpoint.read(in);
    if (count <= 0) {
      return count == Channel.WOULD_BLOCK ? Outcome.WAITING : Outcome.LOST;
    }
    drained = count < room;
    context.heard();
    Outcome outcome =
        partial != null && !http.scanner().worthAScan(in, known)
            ? Outcome.WAITING
            : heads(in, endpoint);
    if (outcome == Outcome.WAITING) {
      hold(in, endpoint);
    } else if (in == partial) {
      dropPartial();
    }
    return outcome;
  }

  /// Takes interim responses, then the final one.
  private Outcome heads(Buffer in, Channel endpoint) {
    ResponseHead head = http.response();
    while (true) {
      int end = http.scanner().response(in, head, asked.head());
      if (end == HeadScanner.INCOMPLETE) {
        return Outcome.WAITING;
      }
      if (end < 0 || (head.status() == 101 && !asked.upgrade())) {
        return Outcome.BAD;
      }
      if (!head.interim() && context.declines(head)) {
        return Outcome.DECLINED;
      }
      if (!head.interim()) {
        return respond(in, head, endpoint);
      }
      if (++interims > MOST_INTERIMS) {
        return Outcome.BAD;
      }
      if (!interim(in, end)) {
        return Outcome.CLIENT_LOST;
      }
    }
  }

  private void hold(Buffer in, Channel endpoint) {
    if (in.isEmpty()) {
      dropPartial();
    } else if (in != partial || in.room() == 0) {
      Buffer larger = http.keepHead(in, in.start(), in.end(), Math.max(1_024, in.length()));
      dropPartial();
      partial = larger;
    }
    if (!drained) {
      endpoint.readAgain();
    }
  }

  /// Passes a 1xx on to clients that know of such.
  private boolean interim(Buffer in, int headEnd) {
    int end = in.end();
    boolean sound = true;
    if (asked.http11()) {
      in.window(in.start(), headEnd);
      ResponseEdit.apply(http, in, Connection.OPEN, false, null, null);
      sound = body.send(in);
    }
    in.window(headEnd, end);
    return sound;
  }

  /// Sends the final head and what there is of the body.
  private Outcome respond(Buffer in, ResponseHead head, Channel endpoint) {
    Framing framing = framing(head);
    body.begin(endpoint, framing, head.length(), drained);
    boolean encoded = treatment.begin(in, head);
    if (encoded) {
      body.stage(treatment);
    }
    int end = body.take(in, head.end());
    if (end < 0) {
      return Outcome.BAD;
    }
    boolean unwrapped = framing == Framing.UNWRAPPED;
    if (unwrapped || body.untilClose() || !context.clientMayStay()) {
      asked.lastRequest();
    }
    reusable = head.keepAlive() && framing != Framing.UNTIL_CLOSE && !head.ambiguous();
    switching = head.status() == 101;
    byte[] added = context.linesFor(in, head);
    treatment.untouched(end - head.end());
    Buffer piece = body.staged(in, head.end(), end);
    // Behind a 101 the other protocol begins at once.
    in.window(in.start(), switching ? in.end() : encoded ? head.end() : end);
    ResponseEdit.apply(http, in, says(), unwrapped, added, treatment);
    return send(in, piece) ? Outcome.BEGUN : Outcome.CLIENT_LOST;
  }

  /// Sends a head and what is behind it, at once if there is room for that.
  private boolean send(Buffer head, @Nullable Buffer piece) {
    if (piece == null) {
      return body.send(head);
    }
    if (head.room() >= piece.length()) {
      head.append(piece);
      return body.send(head);
    }
    return body.send(head) && body.send(piece);
  }

  private Framing framing(ResponseHead head) {
    if (head.bodiless()) {
      return Framing.NONE;
    }
    if (head.chunked()) {
      return asked.http11() ? Framing.CHUNKED : Framing.UNWRAPPED;
    }
    return head.length() >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
  }

  private Connection says() {
    if (switching) {
      return Connection.UPGRADE;
    }
    if (!asked.keepAlive()) {
      return Connection.CLOSE;
    }
    return asked.http11() ? Connection.OPEN : Connection.KEEP_ALIVE;
  }

  /// Goes on with what is to be sent; to be called when the head was just sent, or when either side
  /// is ready.
  Outcome move() {
    Relay.Outcome outcome = body.move();
    treatment.untouched(body.received());
    return switch (outcome) {
      case WAITING -> Outcome.WAITING;
      case DONE -> Outcome.DONE;
      case BAD, SOURCE_LOST -> Outcome.CUT_OFF;
      case SINK_LOST -> Outcome.CLIENT_LOST;
    };
  }

  /// Whether there may be more to move although no event will tell.
  boolean movable() {
    return body.done() || (!body.blocked() && !drained);
  }

  /// Whether the client holds the response up.
  boolean blocked() {
    return body.blocked();
  }

  /// Whether a client that is cut off sees by the framing that something is missing.
  boolean framed() {
    return !body.untilClose();
  }

  /// Whether the endpoint's connection can take another request after this response.
  boolean reusable() {
    return reusable && !body.overrun();
  }

  /// Whether both sides agreed on another protocol.
  boolean switching() {
    return switching;
  }

  /// Whether an event follows if the endpoint says or does anything.
  boolean drained() {
    return body.drained();
  }

  /// Bytes sent to the client since this was asked last.
  long sent() {
    return body.sent();
  }

  void reset() {
    body.reset();
    dropPartial();
  }

  private void dropPartial() {
    if (partial != null) {
      http.giveBack(partial);
      partial = null;
    }
  }
}
