package agrippa.model;

import org.jspecify.annotations.Nullable;

/// How the members of a pool are watched.
///
/// @param delaySeconds from one check to the next
/// @param timeoutSeconds longest duration of a check
/// @param maxRetries successes in a row that bring a member up, 1 to 10
/// @param maxRetriesDown failures in a row that take it down, 1 to 10
/// @param httpMethod HTTP and HTTPS only, null otherwise
/// @param urlPath HTTP and HTTPS only, null otherwise
/// @param expectedCodes HTTP and HTTPS only, null otherwise: `200`, `200, 202` or `200-204`
/// @param httpVersion 1.0 or 1.1, or null
/// @param domainName sent as Host, or null
public record HealthMonitor(
    HealthMonitorId id,
    Labels labels,
    boolean adminStateUp,
    MonitorType type,
    int delaySeconds,
    int timeoutSeconds,
    int maxRetries,
    int maxRetriesDown,
    @Nullable String httpMethod,
    @Nullable String urlPath,
    @Nullable String expectedCodes,
    @Nullable Double httpVersion,
    @Nullable String domainName,
    Lifecycle lifecycle) {
  public HealthMonitor with(Lifecycle next) {
    return new HealthMonitor(
        id,
        labels,
        adminStateUp,
        type,
        delaySeconds,
        timeoutSeconds,
        maxRetries,
        maxRetriesDown,
        httpMethod,
        urlPath,
        expectedCodes,
        httpVersion,
        domainName,
        next);
  }
}
