package agrippa.proxy.stats;

/// What is counted of traffic beside [Counters]. Sums since a frontend was first planned, or
/// since an upstream or endpoint first served it.
public enum Count {
  // Of frontends.

  /// Connections of clients that are not in an allowed network.
  REFUSED,
  /// Connections of proxies in front that did not begin with a header of the PROXY protocol.
  HEADERLESS,
  /// Requests, connections and flows of clients that have had their share.
  LIMITED,
  /// Requests that a route rejected.
  REJECTED,
  /// Requests that the proxy answered by itself as it was told to: redirects, fixed responses
  /// and reports.
  INTERCEPTED,

  // Of frontends, upstreams and endpoints.

  /// Responses by the first digit of their status, those of the proxy's own included. Of an
  /// endpoint, those that it sent.
  RESPONSES_1XX,
  RESPONSES_2XX,
  RESPONSES_3XX,
  RESPONSES_4XX,
  RESPONSES_5XX,
  RESPONSES_OTHER,

  // Of frontends and upstreams.

  /// Responses that were compressed.
  COMPRESSED,
  /// Bytes of their bodies before.
  COMPRESSED_IN,
  /// Bytes of their bodies after, without what makes chunks of them.
  COMPRESSED_OUT,
  /// Bytes of bodies that went as they are since too much was being compressed.
  COMPRESSION_BYPASSED,

  // Of upstreams and endpoints.

  /// Connections (TCP) or requests (HTTP) that came; [#CLOSED] says how many of them are over. One
  /// that tries several endpoints counts once at each, and once at the upstream.
  OPENED,
  CLOSED,
  /// Bytes of clients on their way to an endpoint, as the frontend read them.
  BYTES_IN,
  /// Bytes that were sent to clients on behalf of an endpoint.
  BYTES_OUT,
  /// Connections to endpoints that were begun.
  ATTEMPTS,
  /// Idle connections to endpoints that were used again.
  REUSES,
  /// Requests or connections that failed because none could be made to an endpoint.
  CONNECT_ERRORS,
  /// Requests whose endpoint did not answer, or not with HTTP.
  RESPONSE_ERRORS,
  /// Further tries at the same endpoint.
  RETRIES,
  /// Further tries at another endpoint; counted where it was left.
  REDISPATCHES,
  /// Transfers that the client broke off (HTTP only).
  CLIENT_ABORTS,
  /// Transfers that the endpoint broke off (HTTP only).
  ENDPOINT_ABORTS;

  private static final Count[] RESPONSES = {
    RESPONSES_1XX, RESPONSES_2XX, RESPONSES_3XX, RESPONSES_4XX, RESPONSES_5XX
  };

  /// Where a response of this status is counted.
  public static Count response(int status) {
    int kind = status / 100 - 1;
    return kind >= 0 && kind < RESPONSES.length ? RESPONSES[kind] : RESPONSES_OTHER;
  }
}
