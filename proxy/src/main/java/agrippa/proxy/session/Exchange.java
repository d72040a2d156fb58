package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.session.Relay.Framing;
import agrippa.proxy.session.ResponseEdit.Connection;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the whole request head to the last byte delivered: the
/// endpoint's side of a session. Used for exchange after exchange.
final class Exchange implements UpstreamConnection.User {
  private enum Phase {
    IDLE,
    /// The request is in [#request].
    CONNECTING,
    /// No final response head yet.
    AWAITING,
    RESPONDING,
    /// Both sides agreed on another protocol: bytes go both ways, whatever they mean.
    TUNNEL
  }

  private static final int TRIES = 4;

  private final HttpSession session;
  private final HttpLoop http;
  private final Channel client;
  private final Stickiness stickiness = new Stickiness();
  private final ConnectionSource connections;
  private final Relay requestBody;
  private final Relay responseBody;
  private Phase phase = Phase.IDLE;

  // The request, as far as it matters later.
  private Timeouts timeouts;
  private boolean toHead;
  private boolean http11;
  private boolean keepAlive;
  private boolean idempotent;
  private boolean upgrade;

  // Where it goes.
  private @Nullable LiveUpstream upstream;
  private @Nullable LiveEndpoint endpoint;
  private @Nullable UpstreamConnection connection;
  private int tries;
  private boolean announce;
  // The head and what there was of the body: to be sent, or to be sent again.
  private @Nullable Buffer request;
  // A part of a response head.
  private @Nullable Buffer partial;
  private boolean drained;
  private boolean requestBroken;
  private boolean reusable;
  private boolean switching;

  Exchange(HttpSession session, HttpLoop http, Channel client, Timeouts timeouts) {
    this.session = session;
    this.http = http;
    this.client = client;
    this.timeouts = timeouts;
    this.connections = new ConnectionSource(http, client);
    this.requestBody = new Relay(http);
    this.responseBody = new Relay(http);
  }

  // ---- the request

  /// Begins with a request whose head was just scanned.
  ///
  /// @param clientDrained whether the read that brought the head left nothing behind
  /// @return where the part of the body ends that came with the head, or -1 if its framing is bad
  int begin(Buffer in, Timeouts limits, boolean clientDrained) {
    RequestHead head = http.request();
    reset(limits);
    toHead = head.isHead();
    http11 = head.http11();
    keepAlive = head.keepAlive();
    idempotent = head.idempotent(in);
    upgrade = RequestEdit.wantsUpgrade(in, head);
    Framing framing =
        head.chunked() ? Framing.CHUNKED : head.length() > 0 ? Framing.LENGTH : Framing.NONE;
    requestBody.begin(client, framing, head.length(), clientDrained);
    return requestBody.take(in, head.end());
  }

  private void reset(Timeouts limits) {
    timeouts = limits;
    toHead = keepAlive = idempotent = upgrade = false;
    http11 = true;
    tries = 0;
    announce = false;
    requestBroken = false;
    reusable = false;
    switching = false;
    upstream = null;
  }

  /// Sends the request that `in` holds, head and what there is of the body, to an endpoint.
  void forward(Buffer in, LiveUpstream to, InsertedFields inserted) {
    upstream = to;
    LiveEndpoint chosen = stickiness.asked(to, in, http.request().fields());
    if (chosen == null) {
      chosen = to.choose(session.clientAddress(), null);
      announce = true;
    }
    if (chosen == null) {
      session.release(in);
      answer(Answer.UNAVAILABLE);
      return;
    }
    RequestEdit.apply(
        http, in, client, inserted, upgrade, stickiness.hidden(to), !ConnectionSource.names(to));
    endpoint = chosen;
    chosen.begin();
    UpstreamConnection idle = connections.take(chosen, to, replayable());
    if (idle == null) {
      request = http.isScratch(in) ? http.keep(in, in.start(), in.end()) : in;
      connect(chosen);
    } else {
      if (replayable()) {
        request = http.keep(in, in.start(), in.end());
      }
      connection = idle;
      idle.use(this);
      transmit(idle, in);
      session.release(in);
    }
  }

  /// Whether the request may be sent twice, and all of it is there to do so.
  private boolean replayable() {
    return idempotent && requestBody.taken();
  }

  // ---- connecting

  private void connect(LiveEndpoint to) {
    LiveUpstream of = Objects.requireNonNull(upstream);
    tries++;
    phase = Phase.CONNECTING;
    connection = connections.open(to, of, this);
    arm();
  }

  @Override
  public void upstreamConnected() {
    UpstreamConnection to = Objects.requireNonNull(connection);
    Buffer out = Objects.requireNonNull(request);
    request = null;
    byte[] header = ProxyHeader.of(Objects.requireNonNull(upstream).plan().proxyProtocol(), client);
    if (header.length > 0) {
      Buffer both = http.buffers().take(header.length + out.length());
      both.put(0, header, 0, header.length);
      both.produced(header.length);
      both.append(out);
      http.giveBack(out);
      out = both;
    }
    transmit(to, out);
    http.giveBack(out);
  }

  @Override
  public void upstreamConnectFailed() {
    LiveUpstream of = Objects.requireNonNull(upstream);
    LiveEndpoint failed = Objects.requireNonNull(endpoint);
    connection = null;
    endpoint = null;
    failed.end();
    LiveEndpoint next = tries < TRIES ? of.choose(session.clientAddress(), failed) : null;
    if (next == null) {
      fail(Answer.UNAVAILABLE);
      return;
    }
    announce |= next != failed;
    endpoint = next;
    next.begin();
    connect(next);
  }

  /// Sends the request, then goes on with a body that is not all there yet.
  private void transmit(UpstreamConnection to, Buffer out) {
    phase = Phase.AWAITING;
    drained = false;
    requestBody.sink(to.channel());
    responseBody.sink(client);
    if (!requestBody.send(out)) {
      requestLost();
    } else if (!requestBody.taken() && !requestBody.drained()) {
      moveRequest();
    } else {
      arm();
    }
  }

  private void moveRequest() {
    Relay.Outcome outcome = requestBody.move();
    session.received(requestBody.received());
    switch (outcome) {
      case WAITING -> arm();
      case DONE -> {
        session.readAhead(requestBody.surplus());
        arm();
      }
      case BAD -> refuse(Answer.BAD_REQUEST);
      case SOURCE_LOST -> session.clientGaveUp();
      case SINK_LOST -> requestLost();
    }
  }

  /// The endpoint takes no more. It may have said why: it answers early, or it had closed an idle
  /// connection.
  private void requestLost() {
    requestBroken = true;
    if (phase == Phase.AWAITING) {
      readResponse();
    }
  }

  // ---- the response

  @Override
  public void upstreamReadable() {
    switch (phase) {
      case AWAITING -> readResponse();
      case RESPONDING -> moveResponse();
      case TUNNEL -> moveTunnel(responseBody, client);
      case IDLE, CONNECTING -> {}
    }
  }

  @Override
  public void upstreamWritable() {
    if (phase == Phase.TUNNEL) {
      moveTunnel(requestBody, Objects.requireNonNull(connection).channel());
    } else if (!requestBody.done() && !requestBroken) {
      moveRequest();
    }
  }

  private void readResponse() {
    if (responseBody.blocked()) {
      // The client has not taken what came before this response.
      return;
    }
    Buffer in = partial == null ? http.scratch() : partial;
    int known = in.end();
    int count = Objects.requireNonNull(connection).channel().read(in);
    if (count == Channel.WOULD_BLOCK) {
      arm();
      return;
    }
    if (count < 0) {
      responseLost();
      return;
    }
    drained = in.room() > 0;
    dropRequest();
    if (partial != null && !http.scanner().worthAScan(in, known)) {
      holdResponse(in);
      return;
    }
    responses(in);
  }

  /// The connection broke before a whole response head.
  private void responseLost() {
    Buffer again = request;
    UpstreamConnection lost = Objects.requireNonNull(connection);
    if (again == null || !lost.reused()) {
      fail(Answer.BAD_GATEWAY);
      return;
    }
    // An idle connection that the endpoint had closed: as if it had never been there.
    lost.close();
    requestBody.reset();
    requestBroken = false;
    connect(Objects.requireNonNull(endpoint));
  }

  /// Takes interim responses, then the final one.
  private void responses(Buffer in) {
    ResponseHead head = http.response();
    while (true) {
      int end = http.scanner().response(in, head, toHead);
      if (end < 0 || (end > 0 && head.status() == 101 && !upgrade)) {
        giveBackPartial(in);
        fail(Answer.BAD_GATEWAY);
        return;
      }
      if (end == HeadScanner.INCOMPLETE) {
        holdResponse(in);
        return;
      }
      if (!head.interim()) {
        break;
      }
      if (!interim(in, end)) {
        giveBackPartial(in);
        session.abort();
        return;
      }
    }
    boolean sent = respond(in, head);
    giveBackPartial(in);
    if (sent) {
      proceed();
    }
  }

  private void holdResponse(Buffer in) {
    if (in.isEmpty()) {
      giveBackPartial(in);
    } else if (in != partial || in.room() == 0) {
      Buffer larger = http.keepHead(in, in.start(), in.end(), Math.max(1_024, in.length()));
      giveBackPartial(in);
      partial = larger;
    }
    if (!drained) {
      Objects.requireNonNull(connection).channel().readAgain();
    }
    arm();
  }

  private void giveBackPartial(Buffer in) {
    if (in == partial) {
      http.giveBack(in);
      partial = null;
    }
  }

  /// Passes a 1xx on to clients that know of such.
  private boolean interim(Buffer in, int headEnd) {
    int end = in.end();
    boolean sound = true;
    if (http11) {
      in.window(in.start(), headEnd);
      ResponseEdit.apply(http, in, Connection.OPEN, false, null);
      sound = responseBody.send(in);
      session.sent(responseBody.sent());
    }
    in.window(headEnd, end);
    return sound;
  }

  /// Sends the final head and what there is of the body.
  ///
  /// @return whether the exchange goes on
  private boolean respond(Buffer in, ResponseHead head) {
    LiveUpstream of = Objects.requireNonNull(upstream);
    LiveEndpoint by = Objects.requireNonNull(endpoint);
    Framing framing = framing(head);
    switching = head.status() == 101;
    keepAlive &=
        framing != Framing.UNWRAPPED
            && framing != Framing.UNTIL_CLOSE
            && requestBody.taken()
            && !requestBroken
            && !session.draining();
    phase = Phase.RESPONDING;
    responseBody.begin(
        Objects.requireNonNull(connection).channel(), framing, head.length(), drained);
    int end = responseBody.take(in, head.end());
    if (end < 0) {
      phase = Phase.AWAITING;
      fail(Answer.BAD_GATEWAY);
      return false;
    }
    reusable =
        head.keepAlive()
            && (framing == Framing.NONE || framing == Framing.LENGTH || framing == Framing.CHUNKED)
            && !head.ambiguous()
            && end == in.end();
    stickiness.learn(of, by, in, head.fields());
    // Behind a 101 the other protocol begins at once.
    in.window(in.start(), switching ? in.end() : end);
    Connection connectionSays =
        switching
            ? Connection.UPGRADE
            : !keepAlive ? Connection.CLOSE : http11 ? Connection.OPEN : Connection.KEEP_ALIVE;
    ResponseEdit.apply(
        http,
        in,
        connectionSays,
        framing == Framing.UNWRAPPED,
        announce ? stickiness.announcement(of, by) : null);
    if (!responseBody.send(in)) {
      session.abort();
      return false;
    }
    session.sent(responseBody.sent());
    return true;
  }

  /// Goes on behind a head that was sent.
  private void proceed() {
    if (responseBody.done()) {
      finish();
    } else if (!responseBody.blocked() && !drained) {
      moveResponse();
    } else {
      arm();
    }
  }

  private Framing framing(ResponseHead head) {
    if (head.bodiless()) {
      return Framing.NONE;
    }
    if (head.chunked()) {
      return http11 ? Framing.CHUNKED : Framing.UNWRAPPED;
    }
    return head.length() >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
  }

  private void moveResponse() {
    Relay.Outcome outcome = responseBody.move();
    session.sent(responseBody.sent());
    switch (outcome) {
      case WAITING -> arm();
      case DONE -> finish();
      case BAD, SOURCE_LOST -> session.cutOff(!responseBody.untilClose());
      case SINK_LOST -> session.abort();
    }
  }

  // ---- another protocol

  private void tunnel() {
    phase = Phase.TUNNEL;
    Channel endpointSide = Objects.requireNonNull(connection).channel();
    Buffer early = session.takeHeld();
    requestBody.begin(client, Framing.UNTIL_CLOSE, 0, false);
    responseBody.begin(endpointSide, Framing.UNTIL_CLOSE, 0, false);
    boolean sound = true;
    if (early != null) {
      sound = requestBody.send(early);
      http.giveBack(early);
    }
    if (!sound) {
      session.abort();
      return;
    }
    // What came unnoticed meanwhile.
    client.readAgain();
    endpointSide.readAgain();
    arm();
  }

  private void moveTunnel(Relay way, Channel to) {
    Relay.Outcome outcome = way.move();
    session.received(requestBody.received());
    session.sent(responseBody.sent());
    switch (outcome) {
      case WAITING -> arm();
      case DONE -> {
        to.shutdownOutput();
        if (requestBody.done() && responseBody.done()) {
          session.end();
        } else {
          arm();
        }
      }
      case BAD, SOURCE_LOST, SINK_LOST -> session.abort();
    }
  }

  // ---- the client's events

  void clientReadable() {
    if (phase == Phase.TUNNEL) {
      moveTunnel(requestBody, Objects.requireNonNull(connection).channel());
    } else if (requestBody.taken() || requestBroken) {
      if (!session.readAhead()) {
        requestBody.missed();
      }
    } else if (phase == Phase.CONNECTING) {
      requestBody.missed();
    } else {
      moveRequest();
    }
  }

  void clientWritable() {
    switch (phase) {
      case RESPONDING -> moveResponse();
      case TUNNEL -> moveTunnel(responseBody, client);
      case AWAITING -> {
        Relay.Outcome outcome = responseBody.move();
        session.sent(responseBody.sent());
        if (outcome == Relay.Outcome.SINK_LOST) {
          session.abort();
        } else if (outcome == Relay.Outcome.DONE) {
          readResponse();
        }
      }
      case IDLE, CONNECTING -> {}
    }
  }

  // ---- the end

  /// Answers in the endpoint's place.
  void answer(Answer answer) {
    keepAlive &= requestBody.taken() && !session.draining();
    phase = Phase.RESPONDING;
    Buffer out = http.scratch();
    answer.write(out, toHead, !keepAlive, !http11);
    responseBody.begin(client, Framing.NONE, 0, true);
    responseBody.sink(client);
    if (responseBody.send(out)) {
      session.sent(responseBody.sent());
      moveResponse();
    } else {
      session.abort();
    }
  }

  /// Answers a request that cannot be read on.
  void refuse(Answer answer) {
    session.countError();
    if (phase == Phase.RESPONDING) {
      session.abort();
      return;
    }
    if (phase == Phase.IDLE) {
      reset(timeouts);
    }
    requestBroken = true;
    fail(answer);
  }

  /// Gives up on the endpoint.
  private void fail(Answer answer) {
    leaveEndpoint();
    requestBroken |= !requestBody.taken();
    keepAlive &= !requestBroken;
    requestBody.reset();
    answer(answer);
  }

  /// Everything that there will be of the response is delivered.
  private void finish() {
    if (switching) {
      tunnel();
      return;
    }
    boolean whole = requestBody.done() && !requestBroken;
    UpstreamConnection with = connection;
    if (with != null && reusable && whole) {
      connection = null;
      connections.giveBack(with, Objects.requireNonNull(upstream), responseBody.drained());
    }
    boolean clientDrained = requestBody.drained();
    close();
    session.responded(keepAlive && whole, whole, clientDrained);
  }

  void expired() {
    switch (phase) {
      case IDLE -> {}
      case CONNECTING -> {
        Objects.requireNonNull(connection).close();
        upstreamConnectFailed();
      }
      case AWAITING -> {
        if (waitsForClient()) {
          refuse(Answer.REQUEST_TIMEOUT);
        } else {
          fail(Answer.GATEWAY_TIMEOUT);
        }
      }
      case RESPONDING -> session.cutOff(!responseBody.blocked() && !responseBody.untilClose());
      case TUNNEL -> session.abort();
    }
  }

  private boolean waitsForClient() {
    return !requestBody.taken() && !requestBody.blocked() && !requestBroken;
  }

  /// Moves the session's deadline to when whoever has the turn gives up.
  private void arm() {
    if (phase == Phase.CONNECTING) {
      session.arm(timeouts.connect());
    } else if (responseBody.blocked() || waitsForClient()) {
      session.arm(timeouts.clientIdle());
    } else {
      session.arm(timeouts.upstreamIdle());
    }
  }

  private void dropRequest() {
    if (request != null) {
      http.giveBack(request);
      request = null;
    }
  }

  private void leaveEndpoint() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
    if (endpoint != null) {
      endpoint.end();
      endpoint = null;
    }
    dropRequest();
    if (partial != null) {
      http.giveBack(partial);
      partial = null;
    }
  }

  /// Lets go of everything that belongs to the present exchange.
  void close() {
    leaveEndpoint();
    requestBody.reset();
    responseBody.reset();
    phase = Phase.IDLE;
  }

  /// Lets go of what was kept for another exchange, too.
  void end() {
    close();
    connections.close();
  }
}
