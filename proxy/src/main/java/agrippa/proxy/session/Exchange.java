package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.session.Relay.Framing;
import agrippa.proxy.stats.Count;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the whole request head to the last byte delivered: the
/// endpoint's side of a session. Used for exchange after exchange.
final class Exchange implements UpstreamConnection.User, Reply.Context, Tunnel.Owner {
  private enum Phase {
    IDLE,
    /// The request is in [#request].
    CONNECTING,
    /// No final response head yet.
    AWAITING,
    RESPONDING,
    /// Both sides agreed on another protocol.
    TUNNEL
  }

  private static final int TRIES = 4;

  private final HttpSession session;
  private final HttpLoop http;
  private final Channel client;
  private final Stickiness stickiness = new Stickiness();
  private final ConnectionSource connections;
  private final Asked asked = new Asked();
  private final Passage passage;
  private final Relay requestBody;
  private final Reply reply;
  private final PageSender page;
  private Phase phase = Phase.IDLE;
  private Timeouts timeouts;

  // Where the request goes.
  private @Nullable LiveUpstream upstream;
  private @Nullable LiveEndpoint endpoint;
  private @Nullable UpstreamConnection connection;
  private @Nullable Tunnel tunnel;
  private int tries;
  private boolean announce;
  private byte @Nullable [] strictTransport;
  // The head and what there was of the body: to be sent, or to be sent again.
  private @Nullable Buffer request;
  // Some of the request will never be delivered.
  private boolean requestBroken;

  Exchange(HttpSession session, HttpLoop http, Channel client, Passage passage, Timeouts timeouts) {
    this.session = session;
    this.http = http;
    this.client = client;
    this.passage = passage;
    this.timeouts = timeouts;
    this.connections = new ConnectionSource(http, client);
    this.requestBody = new Relay(http);
    this.reply = new Reply(http, client, asked, this);
    this.page = new PageSender(http, this::pieceReady);
  }

  // ---- the request

  /// Begins with a request whose head was just scanned.
  ///
  /// @param clientDrained whether the read that brought the head left nothing behind
  /// @return where the part of the body ends that came with the head, or -1 if its framing is bad
  int begin(Buffer in, Timeouts limits, boolean clientDrained) {
    RequestHead head = http.request();
    timeouts = limits;
    asked.remember(in, head);
    requestBroken = false;
    tries = 0;
    announce = false;
    Framing framing =
        head.chunked() ? Framing.CHUNKED : head.length() > 0 ? Framing.LENGTH : Framing.NONE;
    requestBody.begin(client, framing, head.length(), clientDrained);
    return requestBody.take(in, head.end());
  }

  /// Whether the client has said all and wants one response: nothing that it does now matters, but
  /// to take that.
  boolean needsNoMore() {
    return requestBody.taken() && !asked.keepAlive();
  }

  /// Sends the request that `in` holds, head and what there is of the body, to an endpoint. The
  /// buffer is the exchange's from now on.
  ///
  /// @param strict what [FrontendSnapshot#strictTransport] says
  void forward(Buffer in, LiveUpstream to, InsertedFields inserted, byte @Nullable [] strict) {
    upstream = to;
    strictTransport = strict;
    int received = in.length();
    passage.begin(to);
    LiveEndpoint chosen = stickiness.asked(to, in, http.request().fields());
    if (chosen == null) {
      chosen = to.choose(session.from(), http.loop().now(), null);
      announce = true;
    }
    if (chosen == null) {
      http.giveBack(in);
      answer(Answer.UNAVAILABLE);
      return;
    }
    byte[] hidden = stickiness.hidden(to);
    boolean addressInFields = !ConnectionSource.names(to);
    RequestEdit.apply(http, in, client, inserted, asked.upgrade(), hidden, addressInFields);
    assign(chosen);
    passage.count(Count.BYTES_IN, received);
    UpstreamConnection idle = connections.take(chosen, to, replayable());
    if (idle == null) {
      request = http.isScratch(in) ? http.keep(in, in.start(), in.end()) : in;
      connect(chosen);
      return;
    }
    if (replayable()) {
      request = http.keep(in, in.start(), in.end());
    }
    connection = idle;
    idle.use(this);
    passage.count(Count.REUSES);
    transmit(idle, in);
    http.giveBack(in);
  }

  /// Whether the request may be sent twice (RFC 9110 section 9.2.2), and is here as a whole.
  private boolean replayable() {
    return asked.idempotent() && requestBody.taken();
  }

  private void assign(LiveEndpoint chosen) {
    endpoint = chosen;
    chosen.begin();
    passage.assigned(chosen);
  }

  private void connect(LiveEndpoint to) {
    tries++;
    phase = Phase.CONNECTING;
    passage.count(Count.ATTEMPTS);
    connection = connections.open(to, Objects.requireNonNull(upstream), this);
    arm();
  }

  @Override
  public void upstreamConnected() {
    UpstreamConnection to = Objects.requireNonNull(connection);
    Buffer whole = Objects.requireNonNull(request);
    // What can be sent again is kept until the endpoint has answered something.
    request = replayable() ? http.keep(whole, whole.start(), whole.end()) : null;
    Buffer out = withProxyHeader(whole);
    transmit(to, out);
    http.giveBack(out);
  }

  private Buffer withProxyHeader(Buffer out) {
    byte[] header = ProxyHeader.of(Objects.requireNonNull(upstream).plan().proxyProtocol(), client);
    if (header.length == 0) {
      return out;
    }
    Buffer both = http.buffers().take(header.length + out.length());
    both.put(0, header, 0, header.length);
    both.produced(header.length);
    both.append(out);
    http.giveBack(out);
    return both;
  }

  @Override
  public void upstreamConnectFailed() {
    tryAgain(true, Count.CONNECT_ERRORS, Answer.UNAVAILABLE);
  }

  /// @param sameToo whether the endpoint that just failed may be tried again if there is no other
  /// @param why what is counted if nobody may be tried
  /// @param otherwise what the client is told then
  private void tryAgain(boolean sameToo, Count why, Answer otherwise) {
    LiveEndpoint failed = Objects.requireNonNull(endpoint);
    connection = null;
    endpoint = null;
    failed.end();
    LiveUpstream of = Objects.requireNonNull(upstream);
    LiveEndpoint next = tries < TRIES ? of.choose(session.from(), http.loop().now(), failed) : null;
    if (next == failed && !sameToo) {
      next = null;
    }
    passage.failed(why, failed, next);
    if (next == null) {
      fail(otherwise);
      return;
    }
    announce |= next != failed;
    assign(next);
    connect(next);
  }

  /// Sends the request, then goes on with a body that is not all there yet.
  private void transmit(UpstreamConnection to, Buffer out) {
    phase = Phase.AWAITING;
    reply.begin();
    requestBody.sink(to.channel());
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
    received(requestBody.received());
    switch (outcome) {
      case WAITING -> arm();
      case DONE -> {
        session.readAhead(requestBody.surplus());
        arm();
      }
      case BAD -> refuse(Answer.BAD_REQUEST);
      case SOURCE_LOST -> {
        passage.count(Count.CLIENT_ABORTS);
        session.clientGaveUp();
      }
      case SINK_LOST -> requestLost();
    }
  }

  /// The endpoint takes no more. It may have said why: it answers early, or it had closed an idle
  /// connection.
  private void requestLost() {
    requestBroken = true;
    if (phase == Phase.AWAITING) {
      readReply();
    }
  }

  // ---- the response

  private void readReply() {
    Reply.Outcome outcome = reply.read(Objects.requireNonNull(connection).channel());
    if (outcome == Reply.Outcome.BEGUN) {
      phase = Phase.RESPONDING;
      outcome = reply.movable() ? reply.move() : Reply.Outcome.WAITING;
    }
    after(outcome);
  }

  private void after(Reply.Outcome outcome) {
    sent(reply.sent());
    switch (outcome) {
      case WAITING, BEGUN -> arm();
      case DONE -> finish();
      case LOST -> replyLost();
      case BAD -> failResponse(Answer.BAD_GATEWAY);
      case CUT_OFF -> {
        passage.count(Count.ENDPOINT_ABORTS);
        session.cutOff(reply.framed());
      }
      case CLIENT_LOST -> clientLost();
    }
  }

  @Override
  public void heard() {
    dropRequest();
  }

  @Override
  public boolean clientMayStay() {
    return requestBody.taken() && !requestBroken && !session.draining();
  }

  @Override
  public byte @Nullable [] linesFor(Buffer in, ResponseHead head) {
    LiveUpstream of = Objects.requireNonNull(upstream);
    LiveEndpoint by = Objects.requireNonNull(endpoint);
    passage.responded(head.status());
    stickiness.learn(of, by, in, head.fields());
    return announce ? stickiness.announcement(of, by) : null;
  }

  @Override
  public byte @Nullable [] strictTransport() {
    return strictTransport;
  }

  /// The connection broke before a whole response head.
  private void replyLost() {
    UpstreamConnection lost = Objects.requireNonNull(connection);
    if (request == null) {
      failResponse(Answer.BAD_GATEWAY);
      return;
    }
    lost.close();
    requestBody.reset();
    requestBroken = false;
    if (lost.reused()) {
      // An idle connection that the endpoint had closed: as if it had never been there.
      connect(Objects.requireNonNull(endpoint));
    } else {
      // It fell over this request, or just died: others may do better.
      tryAgain(false, Count.RESPONSE_ERRORS, Answer.BAD_GATEWAY);
    }
  }

  /// Everything that there will be of the response is delivered.
  private void finish() {
    if (reply.switching()) {
      openTunnel();
      return;
    }
    if (page.goesOn()) {
      page.next();
      return;
    }
    boolean whole = requestBody.done() && !requestBroken;
    boolean clientDrained = requestBody.drained();
    UpstreamConnection with = connection;
    if (with != null && reply.reusable() && whole) {
      connection = null;
      connections.giveBack(with, Objects.requireNonNull(upstream), reply.drained());
    }
    close();
    session.responded(asked.keepAlive() && whole, whole, clientDrained);
  }

  // ---- events

  @Override
  public void upstreamReadable() {
    switch (phase) {
      case AWAITING -> readReply();
      case RESPONDING -> after(reply.move());
      case IDLE, CONNECTING, TUNNEL -> {}
    }
  }

  @Override
  public void upstreamWritable() {
    if (!requestBody.done() && !requestBroken) {
      moveRequest();
    }
  }

  /// The client's connection broke.
  void clientLost() {
    passage.count(Count.CLIENT_ABORTS);
    session.abort();
  }

  void clientReadable() {
    if (requestBody.taken() || requestBroken) {
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
      case RESPONDING -> after(reply.move());
      case AWAITING -> {
        // An interim response is delivered: what came behind it was not read yet.
        Reply.Outcome outcome = reply.move();
        if (outcome == Reply.Outcome.DONE) {
          readReply();
        } else {
          after(outcome);
        }
      }
      case IDLE, CONNECTING, TUNNEL -> {}
    }
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
          failResponse(Answer.GATEWAY_TIMEOUT);
        }
      }
      case RESPONDING -> session.cutOff(!reply.blocked() && framed());
      case TUNNEL -> Objects.requireNonNull(tunnel).expired();
    }
  }

  /// Whether a client that is cut off now sees that something is missing.
  private boolean framed() {
    return page.goesOn() ? asked.http11() : reply.framed();
  }

  private boolean waitsForClient() {
    return !requestBody.taken() && !requestBody.blocked() && !requestBroken;
  }

  /// Moves the session's deadline to when whoever has the turn gives up.
  private void arm() {
    if (phase == Phase.CONNECTING) {
      session.arm(timeouts.connect());
    } else if (reply.blocked() || waitsForClient()) {
      session.arm(timeouts.clientIdle());
    } else {
      session.arm(timeouts.upstreamIdle());
    }
  }

  // ---- the proxy's own answers

  /// Answers in the endpoint's place.
  void answer(Answer answer) {
    if (!clientMayStay()) {
      asked.lastRequest();
    }
    phase = Phase.RESPONDING;
    passage.responded(answer.status());
    after(reply.answer(answer));
  }

  /// Answers with a page that is made piece by piece.
  ///
  /// @param head what goes before it
  void answer(Pages.Page with, Answer head) {
    // A body has no meaning here, and is not waited for.
    requestBroken |= !requestBody.taken();
    requestBody.reset();
    if (!clientMayStay() || !asked.http11()) {
      asked.lastRequest();
    }
    phase = Phase.RESPONDING;
    page.begin(with, head);
    arm();
  }

  private void pieceReady() {
    if (page.failed()) {
      pageFailed();
      return;
    }
    if (page.first()) {
      passage.responded(200);
      reply.begin();
    }
    Buffer out = page.take(asked);
    Reply.Outcome outcome = reply.send(out);
    http.giveBack(out);
    after(outcome);
  }

  private void pageFailed() {
    if (page.first()) {
      page.reset();
      answer(Answer.UNAVAILABLE);
    } else {
      session.cutOff(asked.http11());
    }
  }

  /// Answers a client that cannot be listened to any longer.
  void refuse(Answer answer) {
    session.countError();
    if (phase == Phase.RESPONDING) {
      session.abort();
      return;
    }
    if (phase == Phase.IDLE) {
      asked.nothing();
    }
    requestBroken = true;
    fail(answer);
  }

  /// Gives up on an endpoint that should have responded.
  private void failResponse(Answer answer) {
    passage.count(Count.RESPONSE_ERRORS);
    fail(answer);
  }

  /// Gives up on the endpoint.
  private void fail(Answer answer) {
    leaveEndpoint();
    requestBroken |= !requestBody.taken();
    requestBody.reset();
    answer(answer);
  }

  // ---- another protocol

  private void openTunnel() {
    phase = Phase.TUNNEL;
    Channel to = Objects.requireNonNull(connection).channel();
    Buffer early = session.takeHeld();
    Buffer preface = null;
    if (early != null) {
      preface = http.loop().borrow();
      preface.append(early);
      http.giveBack(early);
    }
    tunnel = new Tunnel(client, to, preface, timeouts, this);
    // What came meanwhile was told already.
    to.readAgain();
    tunnel.begin();
  }

  @Override
  public void received(long bytes) {
    session.received(bytes);
    passage.count(Count.BYTES_IN, bytes);
  }

  @Override
  public void sent(long bytes) {
    session.sent(bytes);
    passage.count(Count.BYTES_OUT, bytes);
  }

  @Override
  public void arm(long millis) {
    session.arm(millis);
  }

  @Override
  public void tunnelEnded() {
    tunnel = null;
    session.end();
  }

  // ---- the end

  private void dropRequest() {
    if (request != null) {
      http.giveBack(request);
      request = null;
    }
  }

  private void leaveEndpoint() {
    if (tunnel != null) {
      Tunnel ending = tunnel;
      tunnel = null;
      ending.abort();
    }
    if (connection != null) {
      connection.close();
      connection = null;
    }
    if (endpoint != null) {
      endpoint.end();
      endpoint = null;
    }
    passage.left();
    dropRequest();
  }

  /// Lets go of everything that belongs to the present exchange.
  private void close() {
    leaveEndpoint();
    requestBody.reset();
    reply.reset();
    passage.end();
    page.reset();
    upstream = null;
    phase = Phase.IDLE;
  }

  /// Lets go of what was kept for another exchange, too.
  void end() {
    close();
    connections.close();
  }
}
