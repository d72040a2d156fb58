package agrippa.proxy.stats;

/// What a frontend counted since it was first planned.
///
/// @param bytesIn received from clients, as the frontend reads them: after TLS
/// @param bytesOut sent to clients
/// @param connectionsOpen client connections now
/// @param connectionsTotal client connections ever
/// @param requests HTTP requests ever
/// @param requestErrors requests that were malformed, or that clients gave up while sending them
public record Counters(
    long bytesIn,
    long bytesOut,
    long connectionsOpen,
    long connectionsTotal,
    long requests,
    long requestErrors) {}
