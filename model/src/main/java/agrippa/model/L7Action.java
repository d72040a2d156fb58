package agrippa.model;

/// What is done with a request that a policy takes.
public sealed interface L7Action {
  /// Sent to a pool of the same load balancer (`REDIRECT_TO_POOL`).
  record ToPool(PoolId pool) implements L7Action {}

  /// Redirected to this URL.
  record ToUrl(String url, int httpCode) implements L7Action {}

  /// Redirected to this prefix with the request's path and query behind it.
  record ToPrefix(String prefix, int httpCode) implements L7Action {}

  /// Answered with 403.
  record Reject() implements L7Action {}
}
