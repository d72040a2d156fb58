package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.balance.Split;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Retries;
import agrippa.proxy.stats.Count;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The attempts to bring a request to an endpoint of its upstream: who is chosen, the connection,
/// and what is kept to be sent again. Used for request after request.
final class Attempts {
  private final HttpSession session;
  private final HttpLoop http;
  private final Channel client;
  private final Passage passage;
  private final UpstreamConnection.User user;
  private final Stickiness stickiness = new Stickiness();
  private final ConnectionSource connections;

  private @Nullable LiveUpstream upstream;
  private @Nullable LiveEndpoint endpoint;
  private @Nullable UpstreamConnection connection;
  private int connects;
  // Whether the endpoint has answered something.
  private boolean answering;
  // Whether the client is to be told where it was sent.
  private boolean announce;
  // The head and what there was of the body: to be sent, or to be sent again.
  private @Nullable Buffer request;

  /// @param user who hears of the connections
  Attempts(
      HttpSession session,
      HttpLoop http,
      Channel client,
      Passage passage,
      UpstreamConnection.User user) {
    this.session = session;
    this.http = http;
    this.client = client;
    this.passage = passage;
    this.user = user;
    this.connections = new ConnectionSource(http, client);
  }

  /// The connection under way or in use.
  UpstreamConnection connection() {
    return Objects.requireNonNull(connection);
  }

  boolean connected() {
    return connection != null;
  }

  /// Whether the endpoint's time to drain is over.
  boolean drained() {
    return endpoint != null && endpoint.drained();
  }

  // ---- the first attempt

  /// Which upstream gets the request in `in`: one that knows the client by a cookie or by its
  /// address, else the one whose turn it is.
  LiveUpstream share(Buffer in, Split split) {
    for (LiveUpstream each : split.upstreams()) {
      if (stickiness.asked(each, in, http.request().fields()) != null) {
        return each;
      }
    }
    return split.next(session.from(), http.loop().now());
  }

  /// Chooses an endpoint for the request in `in`, and makes the request fit for it.
  ///
  /// @param upgrade whether the client wants to change to another protocol
  /// @return whether there is one
  boolean choose(Buffer in, LiveUpstream to, InsertedFields inserted, boolean upgrade) {
    upstream = to;
    connects = 0;
    answering = false;
    int received = in.length();
    passage.begin(to);
    LiveEndpoint chosen = stickiness.asked(to, in, http.request().fields());
    announce = chosen == null;
    if (chosen == null) {
      chosen = to.choose(session.from(), http.loop().now(), null);
    }
    if (chosen == null) {
      return false;
    }
    boolean addressInFields = !ConnectionSource.names(to);
    RequestEdit.apply(http, in, client, inserted, upgrade, stickiness.hidden(to), addressInFields);
    assign(chosen);
    passage.forwarded(received);
    return true;
  }

  /// Begins with the endpoint that was chosen.
  ///
  /// @param in the request; it belongs to this from now on if a connection has to be made
  /// @param replayable whether it is here as a whole and may be sent twice
  /// @return whether there is a connection already, over which `in` is to be sent
  boolean start(Buffer in, boolean replayable) {
    LiveEndpoint chosen = Objects.requireNonNull(endpoint);
    UpstreamConnection idle =
        connections.take(chosen, Objects.requireNonNull(upstream), replayable);
    if (idle == null) {
      request = http.isScratch(in) ? http.keep(in, in.start(), in.end()) : in;
      connect();
      return false;
    }
    if (replayable) {
      request = http.keep(in, in.start(), in.end());
    }
    connection = idle;
    passage.connected();
    idle.use(user);
    passage.count(Count.REUSES);
    return true;
  }

  private Retries retries() {
    return Objects.requireNonNull(upstream).plan().options().balancing().retries();
  }

  private void assign(LiveEndpoint chosen) {
    endpoint = chosen;
    chosen.begin();
    passage.assigned(chosen);
  }

  /// Connects to the endpoint that was chosen.
  void connect() {
    connects++;
    answering = false;
    passage.count(Count.ATTEMPTS);
    connection =
        connections.open(Objects.requireNonNull(endpoint), Objects.requireNonNull(upstream), user);
  }

  /// What is to be sent over a connection that is made now. What can be sent again is kept until
  /// the endpoint has answered something.
  Buffer opening(boolean replayable) {
    Buffer whole = Objects.requireNonNull(request);
    request = replayable ? http.keep(whole, whole.start(), whole.end()) : null;
    return withProxyHeader(whole);
  }

  private Buffer withProxyHeader(Buffer out) {
    byte[] header = ProxyHeader.of(Objects.requireNonNull(upstream).plan(), client);
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

  // ---- further attempts

  /// Whether the request can be sent again: it is kept, and nothing came for it.
  boolean repeatable() {
    return request != null && !answering;
  }

  /// Connects to the same endpoint once more, as if the connection had never been there.
  void again() {
    connection().close();
    connect();
  }

  /// Gives up on the endpoint and connects to another one.
  ///
  /// @param sameToo whether the endpoint that just failed may be tried again if there is no other
  /// @param why what is counted if nobody may be tried
  /// @return whether somebody is tried
  boolean next(boolean sameToo, Count why) {
    LiveEndpoint failed = Objects.requireNonNull(endpoint);
    connection().close();
    connection = null;
    endpoint = null;
    failed.end();
    LiveUpstream of = Objects.requireNonNull(upstream);
    of.failed(failed);
    long now = http.loop().now();
    boolean wanted = sameToo ? retries().unreached() : retries().unanswered();
    LiveEndpoint other =
        wanted && of.mayRetry(connects, now) ? of.choose(session.from(), now, failed) : null;
    if (other == failed && !sameToo) {
      other = null;
    }
    passage.failed(why, failed, other);
    if (other == null) {
      return false;
    }
    announce |= other != failed;
    assign(other);
    connect();
    return true;
  }

  // ---- the response

  /// The endpoint has answered something: nothing will be sent again, unless for the status.
  void heard() {
    answering = true;
    if (request != null && retries().statuses().isEmpty()) {
      forget();
    }
  }

  private void forget() {
    if (request != null) {
      http.giveBack(request);
      request = null;
    }
  }

  /// Gives up on the endpoint for the status of its response, if another one can be tried; that is
  /// chosen then.
  boolean declines(int status) {
    if (request == null || !retries().covers(status)) {
      return false;
    }
    LiveUpstream of = Objects.requireNonNull(upstream);
    LiveEndpoint failed = Objects.requireNonNull(endpoint);
    // An idle connection was a try, too.
    connects = Math.max(1, connects);
    long now = http.loop().now();
    LiveEndpoint other = of.mayRetry(connects, now) ? of.choose(session.from(), now, failed) : null;
    if (other == null || other == failed) {
      return false;
    }
    of.failed(failed);
    connection().close();
    connection = null;
    failed.end();
    passage.failed(Count.RESPONSE_ERRORS, failed, other);
    announce = true;
    assign(other);
    return true;
  }

  /// Learns from a response head.
  ///
  /// @return lines to add, or null
  byte @Nullable [] responded(Buffer in, ResponseHead head) {
    LiveUpstream of = Objects.requireNonNull(upstream);
    LiveEndpoint by = Objects.requireNonNull(endpoint);
    forget();
    passage.responded(head.status());
    if (head.status() >= 500) {
      of.failed(by);
    } else {
      of.succeeded(by);
    }
    stickiness.learn(of, by, in, head.fields());
    return announce ? stickiness.announcement(of, by) : null;
  }

  /// The endpoint did not answer in time or as it should, or broke off.
  void failed() {
    if (upstream != null && endpoint != null) {
      upstream.failed(endpoint);
    }
  }

  /// Leaves the connection to others.
  ///
  /// @param drained as in [ConnectionSource#giveBack]
  void giveBack(boolean drained) {
    UpstreamConnection with = connection();
    connection = null;
    connections.giveBack(with, Objects.requireNonNull(upstream), drained);
  }

  // ---- the end

  /// Gives up on the endpoint, and on the request.
  void leave() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
    if (endpoint != null) {
      endpoint.end();
      endpoint = null;
    }
    passage.left();
    forget();
  }

  /// Lets go of everything that belongs to the present request.
  void finish() {
    leave();
    passage.end();
    upstream = null;
  }

  /// Lets go of what was kept for another request, too.
  void end() {
    finish();
    connections.close();
  }
}
