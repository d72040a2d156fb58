package agrippa.proxy.plan;

/// What most upstreams leave as it is.
///
/// @param http2 whether endpoints are asked in HTTP/2 without having agreed to it (RFC 9113,
///     section 3.3), if they are asked in HTTP, without TLS and without a PROXY header
/// @param balancing how work is shared among endpoints, beyond the algorithm
/// @param tlsTold whether PROXY headers of version 2 tell all that is known of a client's TLS,
///     instead of its version, common name and agreed protocol
public record UpstreamOptions(boolean http2, Balancing balancing, boolean tlsTold) {
  /// As HAProxy would be set up by Octavia.
  public static final UpstreamOptions DEFAULT =
      new UpstreamOptions(false, Balancing.DEFAULT, false);

  public UpstreamOptions withHttp2(boolean next) {
    return new UpstreamOptions(next, balancing, tlsTold);
  }

  public UpstreamOptions withBalancing(Balancing next) {
    return new UpstreamOptions(http2, next, tlsTold);
  }

  public UpstreamOptions withTlsTold(boolean next) {
    return new UpstreamOptions(http2, balancing, next);
  }
}
