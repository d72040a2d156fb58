package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.stats.Tally;
import agrippa.proxy.stats.UpstreamTally;
import org.jspecify.annotations.Nullable;

/// What is counted of a request, or of a connection, on its way through an upstream and one
/// endpoint after another. Used for request after request.
final class Passage {
  private final FrontendStats.Local stats;
  private @Nullable UpstreamTally upstream;
  private @Nullable Tally endpoint;

  Passage(FrontendStats.Local stats) {
    this.stats = stats;
  }

  /// It comes to an upstream.
  void begin(LiveUpstream to) {
    UpstreamTally entered = stats.upstream(to.plan().name());
    entered.all().own(Count.OPENED);
    upstream = entered;
  }

  /// It is given to an endpoint.
  void assigned(LiveEndpoint to) {
    if (upstream != null) {
      Tally entered = upstream.endpoint(to.plan().name());
      entered.own(Count.OPENED);
      endpoint = entered;
    }
  }

  /// The endpoint failed.
  ///
  /// @param why what is counted if nobody else is tried
  /// @param next who is tried next, or null
  void failed(Count why, LiveEndpoint failed, @Nullable LiveEndpoint next) {
    if (next == null) {
      count(why);
    } else {
      count(next == failed ? Count.RETRIES : Count.REDISPATCHES);
    }
    left();
  }

  /// The endpoint has nothing more to do with it.
  void left() {
    if (endpoint != null) {
      endpoint.own(Count.CLOSED);
      endpoint = null;
    }
  }

  void end() {
    left();
    if (upstream != null) {
      upstream.all().own(Count.CLOSED);
      upstream = null;
    }
  }

  /// Bytes of the request's body came, or of what follows it.
  void received(long bytes) {
    stats.bytesIn(bytes);
    count(Count.BYTES_IN, bytes);
  }

  /// Bytes went to the client.
  void sent(long bytes) {
    stats.bytesOut(bytes);
    count(Count.BYTES_OUT, bytes);
  }

  void count(Count what) {
    count(what, 1);
  }

  /// Counts something that concerns the endpoint where it is, or if there is none the upstream.
  void count(Count what, long amount) {
    if (endpoint != null) {
      endpoint.count(what, amount);
    } else if (upstream != null) {
      upstream.all().count(what, amount);
    }
  }

  /// The client is answered, by the endpoint if there is one, else by the proxy.
  void responded(int status) {
    Count what = Count.response(status);
    stats.count(what);
    if (upstream != null) {
      upstream.all().own(what);
    }
    if (endpoint != null) {
      endpoint.own(what);
    }
  }
}
