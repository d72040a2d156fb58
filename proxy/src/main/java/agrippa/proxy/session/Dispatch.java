package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.journal.Ending;
import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.plan.Route;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import org.jspecify.annotations.Nullable;

/// Decides what becomes of a client's requests, each once its head is known to be valid: the stages
/// in order. Used for request after request.
final class Dispatch {
  private final Exchange exchange;
  private final HttpLoop http;
  private final Channel client;
  private final Client from;
  private final FrontendStats.Local stats;
  private @Nullable InsertedFields inserted;

  Dispatch(
      Exchange exchange, HttpLoop http, Channel client, Client from, FrontendStats.Local stats) {
    this.exchange = exchange;
    this.http = http;
    this.client = client;
    this.from = from;
    this.stats = stats;
  }

  /// Has the request that `in` holds answered, by an endpoint or by the proxy itself.
  void request(Buffer in, FrontendSnapshot now) {
    ClientLimits limits = now.limits();
    if ((limits != null || now.crowded()) && limited(in, now, limits)) {
      return;
    }
    RequestHead head = http.request();
    Route.Action action = now.router().route(in, head, client.tls());
    LiveUpstream upstream =
        switch (action) {
          case null ->
              now.split() == null ? now.defaultUpstream() : exchange.share(in, now.split());
          case Route.Action.Forward(String name) -> now.upstream(name);
          case Route.Action.Redirect ignored -> null;
          case Route.Action.RedirectPrefix ignored -> null;
          case Route.Action.Reject() -> null;
          case Route.Action.Respond ignored -> null;
          case Route.Action.Report ignored -> null;
        };

    if (upstream != null) {
      exchange.forward(in, upstream, inserted(now), now);
      return;
    }
    answer(in, now, action);
  }

  /// Answers a client that has had its share.
  private boolean limited(Buffer in, FrontendSnapshot now, @Nullable ClientLimits limits) {
    if (now.crowded()) {
      exchange.ended(Ending.REJECTED);
      http.giveBack(in);
      exchange.answerLast(Answer.tooMany(1));
      return true;
    }
    long wait = limits == null ? 0 : limits.take(from.address(), http.loop().now());
    if (wait == 0) {
      return false;
    }
    stats.count(Count.LIMITED);
    exchange.ended(Ending.REJECTED);
    http.giveBack(in);
    exchange.answer(Answer.tooMany(Math.ceilDiv(wait, 1_000)));
    return true;
  }

  private void answer(Buffer in, FrontendSnapshot now, Route.@Nullable Action action) {
    RequestHead head = http.request();
    boolean get = head.isGet(in);
    Answer answer =
        switch (action) {
          case null -> Answer.UNAVAILABLE;
          case Route.Action.Forward ignored -> Answer.UNAVAILABLE;
          case Route.Action.Redirect(String location, int status) ->
              Answer.redirect(status, Ascii.bytes(location));
          case Route.Action.RedirectPrefix(String prefix, int status) ->
              Answer.redirect(status, Ascii.bytes(prefix + pathAndQuery(in, head)));
          case Route.Action.Reject() -> Answer.FORBIDDEN;
          case Route.Action.Respond(int status, String type, String body) ->
              Answer.fixed(status, type, body);
          case Route.Action.Report(String contentType) ->
              get || head.isHead()
                  ? Answer.unending(contentType, head.http11())
                  : Answer.METHOD_NOT_ALLOWED;
        };
    count(action);
    http.giveBack(in);
    if (get && action instanceof Route.Action.Report) {
      exchange.answer(now.pages().open(), answer);
    } else {
      exchange.answer(answer);
    }
  }

  private void count(Route.@Nullable Action answeredHere) {
    switch (answeredHere) {
      case null -> exchange.ended(Ending.NO_ENDPOINT);
      case Route.Action.Forward ignored -> exchange.ended(Ending.NO_ENDPOINT);
      case Route.Action.Reject() -> {
        stats.count(Count.REJECTED);
        exchange.ended(Ending.REJECTED);
      }
      case Route.Action.Respond ignored -> intercepted();
      case Route.Action.Redirect ignored -> intercepted();
      case Route.Action.RedirectPrefix ignored -> intercepted();
      case Route.Action.Report ignored -> intercepted();
    }
  }

  private void intercepted() {
    stats.count(Count.INTERCEPTED);
    exchange.ended(Ending.INTERCEPTED);
  }

  private InsertedFields inserted(FrontendSnapshot now) {
    InsertedFields fields = inserted;
    if (fields == null || !fields.madeFor(now.plan())) {
      fields = new InsertedFields(now.plan(), now.requestEdits(), client);
      inserted = fields;
    }
    return fields;
  }

  private static String pathAndQuery(Buffer in, RequestHead head) {
    return Ascii.text(in, head.path(), head.targetEnd());
  }
}
