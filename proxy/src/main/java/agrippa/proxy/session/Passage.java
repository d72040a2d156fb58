package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Ending;
import agrippa.proxy.journal.Entry;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.stats.Tally;
import agrippa.proxy.stats.UpstreamTally;
import agrippa.proxy.transport.Channel;
import org.jspecify.annotations.Nullable;

/// What is counted, and written down, of a request, or of a connection, on its way through an
/// upstream and one endpoint after another. Used for request after request.
final class Passage {
  private final FrontendStats.Local stats;
  private final Journal journal;
  private @Nullable UpstreamTally upstream;
  private @Nullable Tally endpoint;
  // Null if it is not written down.
  private @Nullable Entry entry;

  Passage(FrontendStats.Local stats, Journal journal) {
    this.stats = stats;
    this.journal = journal;
  }

  /// It is here.
  ///
  /// @param over the client's connection, or null if there is none
  /// @return where more is to be told of it, or null: nowhere
  @Nullable Entry arrived(Frontend at, Client from, @Nullable Channel over) {
    Entry begun = journal.begin(at);
    entry = begun;
    if (begun != null) {
      begun.client(from.address(), from.port(), over == null ? null : over.tls());
    }
    return begun;
  }

  /// It comes to an upstream.
  void begin(LiveUpstream to) {
    UpstreamTally entered = stats.upstream(to.plan().name());
    entered.all().own(Count.OPENED);
    upstream = entered;
    if (entry != null) {
      entry.upstream(to.plan().name());
    }
  }

  /// It is given to an endpoint.
  void assigned(LiveEndpoint to) {
    if (upstream != null) {
      Tally entered = upstream.endpoint(to.plan().name());
      entered.own(Count.OPENED);
      endpoint = entered;
    }
    if (entry != null) {
      entry.assigned(to.plan(), journal.now());
    }
  }

  /// There is a connection to the endpoint.
  void connected() {
    if (entry != null) {
      entry.connected(journal.now());
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
    if (entry != null) {
      journal.end(entry);
      entry = null;
    }
  }

  /// Says how it ended, if that is not known by what was counted.
  void ended(Ending how) {
    if (entry != null) {
      entry.ended(how);
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
    if (entry != null) {
      note(entry, what, amount);
    }
  }

  /// Counts something that is counted of the frontend and the upstream, and of no endpoint.
  void countAbove(Count what, long amount) {
    stats.count(what, amount);
    if (upstream != null) {
      upstream.all().count(what, amount);
    }
  }

  /// Counts what of a request goes to the endpoint at once: it was noted when it arrived.
  void forwarded(long bytes) {
    if (endpoint != null) {
      endpoint.count(Count.BYTES_IN, bytes);
    }
  }

  private static void note(Entry entry, Count what, long amount) {
    switch (what) {
      case BYTES_IN -> entry.received(amount);
      case BYTES_OUT -> entry.sent(amount);
      case CONNECT_ERRORS -> entry.ended(Ending.CONNECT_FAILED);
      case RESPONSE_ERRORS -> entry.ended(Ending.RESPONSE_FAILED);
      case CLIENT_ABORTS -> entry.ended(Ending.CLIENT_ABORTED);
      case ENDPOINT_ABORTS -> entry.ended(Ending.ENDPOINT_ABORTED);
      case REFUSED,
          REJECTED,
          INTERCEPTED,
          COMPRESSED,
          COMPRESSED_IN,
          COMPRESSED_OUT,
          COMPRESSION_BYPASSED,
          OPENED,
          CLOSED,
          ATTEMPTS,
          REUSES,
          RETRIES,
          REDISPATCHES,
          RESPONSES_1XX,
          RESPONSES_2XX,
          RESPONSES_3XX,
          RESPONSES_4XX,
          RESPONSES_5XX,
          RESPONSES_OTHER -> {}
    }
  }

  /// The client is answered, by the endpoint if there is one, else by the proxy.
  void responded(int status) {
    Count what = Count.response(status);
    if (entry != null) {
      entry.responded(status, journal.now());
    }
    stats.count(what);
    if (upstream != null) {
      upstream.all().own(what);
    }
    if (endpoint != null) {
      endpoint.own(what);
    }
  }
}
