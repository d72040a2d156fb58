package agrippa.web;

import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/// Where and how a [WebServer] serves.
///
/// @param host name or address to bind to
/// @param port 0 for any free one
/// @param front how it meets its clients
/// @param requestIds what request ids are made of
/// @param clock measures requests for the access log
public record WebSettings(
    String host,
    int port,
    Limits limits,
    Front front,
    Supplier<UUID> requestIds,
    InstantSource clock) {
  /// OpenStack's usual limit of a request body (oslo.middleware `sizelimit`).
  public static final int BODY_LIMIT = 114_688;

  /// How much clients may take.
  ///
  /// @param body longest request body in bytes; a longer one is answered with 413
  /// @param connections most open at a time; further ones wait in the backlog
  /// @param idle longest time from one request of a connection to the next, and for a request to
  ///     be sent and answered; up to half as much again may pass
  /// @param grace how long requests under way may take when the server stops
  public record Limits(int body, int connections, Duration idle, Duration grace) {
    public static final Limits DEFAULT =
        new Limits(BODY_LIMIT, 4_096, Duration.ofSeconds(75), Duration.ofSeconds(10));
  }

  /// For this machine's own clients.
  public static WebSettings loopback(int port, Supplier<UUID> requestIds, InstantSource clock) {
    return new WebSettings("127.0.0.1", port, Limits.DEFAULT, Front.PLAIN, requestIds, clock);
  }

  public WebSettings withHost(String next) {
    return new WebSettings(next, port, limits, front, requestIds, clock);
  }

  public WebSettings with(Limits next) {
    return new WebSettings(host, port, next, front, requestIds, clock);
  }

  public WebSettings with(Front next) {
    return new WebSettings(host, port, limits, next, requestIds, clock);
  }
}
