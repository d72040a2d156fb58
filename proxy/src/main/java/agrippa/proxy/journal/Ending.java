package agrippa.proxy.journal;

/// How something that was served came to its end.
public enum Ending {
  /// Everything was delivered.
  DONE,
  /// The proxy answered by itself as it was told to: a redirect or a report.
  INTERCEPTED,
  /// A route rejected it, or a limit did.
  REJECTED,
  /// What came was not to be understood, or had come too slowly.
  BAD_REQUEST,
  /// There was no endpoint to choose.
  NO_ENDPOINT,
  /// No connection to an endpoint could be made.
  CONNECT_FAILED,
  /// The endpoint did not answer, or not with HTTP.
  RESPONSE_FAILED,
  /// The client broke off.
  CLIENT_ABORTED,
  /// The endpoint broke off.
  ENDPOINT_ABORTED,
  /// Client or endpoint was silent for too long.
  TIMED_OUT,
  /// The proxy was told to end it.
  ENDED
}
