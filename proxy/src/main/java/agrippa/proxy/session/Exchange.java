package agrippa.proxy.session;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.balance.Split;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.journal.Ending;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.stats.Count;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the whole request head to the last byte delivered: the
/// endpoint's side of a session. Used for exchange after exchange.
final class Exchange implements UpstreamConnection.User, Reply.Context {
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

  private final HttpSession session;
  private final HttpLoop http;
  private final Channel client;
  private final Attempts attempts;
  private final Asked asked = new Asked();
  private final Passage passage;
  private final Treatment treatment;
  private final Delivery request;
  private final Reply reply;
  private final PageSender page;
  private final Upgrade upgrade;
  private Phase phase = Phase.IDLE;
  private Timeouts timeouts;
  private Timeouts tunnelTimeouts;

  Exchange(HttpSession session, HttpLoop http, Channel client, Passage passage, Timeouts timeouts) {
    this.session = session;
    this.http = http;
    this.client = client;
    this.passage = passage;
    this.timeouts = timeouts;
    this.tunnelTimeouts = timeouts;
    this.attempts = new Attempts(session, http, client, passage, this);
    this.treatment = new Treatment(http, passage);
    this.request = new Delivery(http);
    this.upgrade = new Upgrade(session, http, client, passage);
    this.reply = new Reply(http, client, asked, treatment, this);
    this.page = new PageSender(http, this::pieceReady);
  }

  // ---- the request

  /// Begins with a request whose head was just scanned.
  ///
  /// @param tunnelled those of what follows an upgrade
  /// @param clientDrained whether the read that brought the head left nothing behind
  /// @return where the part of the body ends that came with the head, or -1 if its framing is bad
  int begin(Buffer in, Timeouts limits, Timeouts tunnelled, boolean clientDrained) {
    RequestHead head = http.request();
    timeouts = limits;
    tunnelTimeouts = tunnelled;
    asked.remember(in, head);
    return request.begin(in, head, client, clientDrained);
  }

  /// Says how it ended, if nothing else does.
  void ended(Ending how) {
    passage.ended(how);
  }

  /// Whether the client has said all and wants one response: nothing that it does now matters, but
  /// to take that.
  boolean needsNoMore() {
    return request.taken() && !asked.keepAlive();
  }

  /// Which upstream gets the request that `in` holds.
  LiveUpstream share(Buffer in, Split split) {
    return attempts.share(in, split);
  }

  /// Sends the request that `in` holds, head and what there is of the body, to an endpoint. The
  /// buffer is the exchange's from now on.
  ///
  /// @param by the frontend as it is now
  void forward(Buffer in, LiveUpstream to, InsertedFields inserted, FrontendSnapshot by) {
    treatment.asked(in, by);
    if (!attempts.choose(in, to, inserted, asked.upgrade())) {
      http.giveBack(in);
      passage.ended(Ending.NO_ENDPOINT);
      answer(Answer.UNAVAILABLE);
    } else if (attempts.start(in, replayable())) {
      transmit(in);
    } else {
      connecting();
    }
  }

  /// Whether the request may be sent twice (RFC 9110 section 9.2.2), and is here as a whole.
  private boolean replayable() {
    return asked.idempotent() && request.taken();
  }

  private void connecting() {
    phase = Phase.CONNECTING;
    arm();
  }

  @Override
  public void upstreamConnected() {
    passage.connected();
    transmit(attempts.opening(replayable()));
  }

  @Override
  public void upstreamConnectFailed() {
    tryAgain(true, Count.CONNECT_ERRORS, Answer.UNAVAILABLE);
  }

  /// @param otherwise what the client is told if there is nobody to try
  private void tryAgain(boolean sameToo, Count why, Answer otherwise) {
    if (attempts.next(sameToo, why)) {
      connecting();
    } else {
      fail(otherwise);
    }
  }

  /// Sends the request, then goes on with a body that is not all there yet.
  private void transmit(Buffer out) {
    phase = Phase.AWAITING;
    reply.begin();
    if (!request.send(out, attempts.connection().channel())) {
      requestLost();
    } else if (request.movable()) {
      moveRequest();
    } else {
      arm();
    }
    http.giveBack(out);
  }

  private void moveRequest() {
    Relay.Outcome outcome = request.move();
    passage.received(request.received());
    switch (outcome) {
      case WAITING -> arm();
      case DONE -> {
        session.readAhead(request.surplus());
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
    request.broke();
    if (phase == Phase.AWAITING) {
      readReply();
    }
  }

  // ---- the response

  private void readReply() {
    Reply.Outcome outcome = reply.read(attempts.connection().channel());
    if (outcome == Reply.Outcome.BEGUN) {
      phase = Phase.RESPONDING;
      outcome = reply.movable() ? reply.move() : Reply.Outcome.WAITING;
    }
    after(outcome);
  }

  private void after(Reply.Outcome outcome) {
    passage.sent(reply.sent());
    switch (outcome) {
      case WAITING, BEGUN -> arm();
      case DONE -> finish();
      case LOST -> replyLost();
      case DECLINED -> askAnother();
      case BAD -> failResponse(Answer.BAD_GATEWAY);
      case CUT_OFF -> {
        passage.count(Count.ENDPOINT_ABORTS);
        attempts.failed();
        session.cutOff(reply.framed());
      }
      case CLIENT_LOST -> clientLost();
    }
  }

  @Override
  public void heard() {
    attempts.heard();
  }

  @Override
  public boolean declines(ResponseHead head) {
    return attempts.declines(head.status());
  }

  private void askAnother() {
    request.restart();
    attempts.connect();
    connecting();
  }

  @Override
  public boolean clientMayStay() {
    return request.sound() && !session.draining();
  }

  @Override
  public byte @Nullable [] linesFor(Buffer in, ResponseHead head) {
    return attempts.responded(in, head);
  }

  /// The connection broke before a whole response head.
  private void replyLost() {
    if (!attempts.repeatable()) {
      failResponse(Answer.BAD_GATEWAY);
      return;
    }
    request.restart();
    if (attempts.connection().reused()) {
      // An idle connection that the endpoint had closed: as if it had never been there.
      attempts.again();
      connecting();
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
    passage.ended(Ending.DONE);
    boolean whole = request.delivered();
    boolean clientDrained = request.drained();
    if (attempts.connected() && reply.reusable() && whole) {
      attempts.giveBack(reply.drained());
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
    if (request.underWay()) {
      moveRequest();
    }
  }

  /// The client's connection broke.
  void clientLost() {
    passage.count(Count.CLIENT_ABORTS);
    session.abort();
  }

  void clientReadable() {
    if (request.over()) {
      if (!session.readAhead()) {
        request.missed();
      }
    } else if (phase == Phase.CONNECTING && client.isOpen()) {
      request.missed();
    } else if (phase == Phase.CONNECTING) {
      // A stream that was reset: nothing of it can be sent.
      clientLost();
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
      case CONNECTING -> upstreamConnectFailed();
      case AWAITING -> {
        passage.ended(Ending.TIMED_OUT);
        if (request.waitsForClient()) {
          refuse(Answer.REQUEST_TIMEOUT);
        } else {
          failResponse(Answer.GATEWAY_TIMEOUT);
        }
      }
      case RESPONDING -> {
        passage.ended(Ending.TIMED_OUT);
        session.cutOff(!reply.blocked() && framed());
      }
      case TUNNEL -> {
        passage.ended(Ending.TIMED_OUT);
        upgrade.expired();
      }
    }
  }

  /// Ends if it is with an endpoint whose time to drain is over.
  void leaveDrained() {
    if (attempts.drained()) {
      switch (phase) {
        case IDLE -> {}
        case CONNECTING -> upstreamConnectFailed();
        case AWAITING -> failResponse(Answer.UNAVAILABLE);
        case RESPONDING -> session.cutOff(!reply.blocked() && framed());
        case TUNNEL -> session.abort();
      }
    }
  }

  /// Whether a client that is cut off now sees that something is missing.
  private boolean framed() {
    return page.goesOn() ? asked.http11() : reply.framed();
  }

  /// Moves the session's deadline to when whoever has the turn gives up.
  private void arm() {
    if (phase == Phase.CONNECTING) {
      session.arm(timeouts.connect());
    } else if (reply.blocked() || request.waitsForClient()) {
      session.arm(timeouts.clientIdle());
    } else {
      session.arm(timeouts.upstreamIdle());
    }
  }

  // ---- the proxy's own answers

  /// Answers in the endpoint's place. What is still to come of the request goes nowhere.
  void answer(Answer answer) {
    if (!request.taken()) {
      request.giveUp();
    }
    if (!clientMayStay()) {
      asked.lastRequest();
    }
    phase = Phase.RESPONDING;
    passage.responded(answer.status());
    after(reply.answer(answer));
  }

  /// Answers in the endpoint's place, and takes no further request.
  void answerLast(Answer answer) {
    asked.lastRequest();
    answer(answer);
  }

  /// Answers with a page that is made piece by piece.
  ///
  /// @param head what goes before it
  void answer(Pages.Page with, Answer head) {
    // A body has no meaning here, and is not waited for.
    request.giveUp();
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
    passage.ended(Ending.BAD_REQUEST);
    if (phase == Phase.RESPONDING) {
      session.abort();
      return;
    }
    if (phase == Phase.IDLE) {
      asked.nothing();
    }
    request.broke();
    fail(answer);
  }

  /// Gives up on an endpoint that should have responded.
  private void failResponse(Answer answer) {
    passage.count(Count.RESPONSE_ERRORS);
    attempts.failed();
    fail(answer);
  }

  /// Gives up on the endpoint.
  private void fail(Answer answer) {
    upgrade.end();
    attempts.leave();
    request.giveUp();
    answer(answer);
  }

  private void openTunnel() {
    phase = Phase.TUNNEL;
    upgrade.begin(attempts.connection().channel(), tunnelTimeouts);
  }

  // ---- the end

  /// Lets go of everything that belongs to the present exchange.
  private void close() {
    upgrade.end();
    attempts.finish();
    request.reset();
    reply.reset();
    page.reset();
    phase = Phase.IDLE;
  }

  /// Lets go of what was kept for another exchange, too.
  void end() {
    close();
    attempts.end();
  }
}
