package agrippa.web;

import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/// Where and how a [WebServer] serves.
///
/// @param host name or address to bind to
/// @param port 0 for any free one
/// @param bodyLimit longest request body in bytes; a longer one is answered with 413
/// @param maxConnections most open connections; further ones wait in the backlog
/// @param idleTimeout longest time from one request of a connection to the next, and for a
///     request to be sent and answered; up to half as much again may pass
/// @param grace how long requests under way may take when the server stops
/// @param requestIds what request ids are made of
/// @param clock measures requests for the access log
public record WebSettings(
    String host,
    int port,
    int bodyLimit,
    int maxConnections,
    Duration idleTimeout,
    Duration grace,
    Supplier<UUID> requestIds,
    InstantSource clock) {
  /// OpenStack's usual limit of a request body (oslo.middleware `sizelimit`).
  public static final int BODY_LIMIT = 114_688;

  /// For this machine's own clients.
  public static WebSettings loopback(int port, Supplier<UUID> requestIds, InstantSource clock) {
    return new WebSettings(
        "127.0.0.1",
        port,
        BODY_LIMIT,
        4_096,
        Duration.ofSeconds(75),
        Duration.ofSeconds(5),
        requestIds,
        clock);
  }

  public WebSettings withHost(String next) {
    return new WebSettings(
        next, port, bodyLimit, maxConnections, idleTimeout, grace, requestIds, clock);
  }
}
