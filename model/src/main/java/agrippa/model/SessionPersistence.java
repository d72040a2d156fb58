package agrippa.model;

import org.jspecify.annotations.Nullable;

/// How a client is kept at one member.
public sealed interface SessionPersistence {
  /// By its address.
  ///
  /// @param timeoutSeconds how long it is remembered (UDP and SCTP pools only), or null
  /// @param granularity netmask of addresses that count as one client (UDP and SCTP pools only), or
  ///     null
  record SourceIp(@Nullable Integer timeoutSeconds, @Nullable String granularity)
      implements SessionPersistence {}

  /// By a cookie of the load balancer's own.
  record HttpCookie() implements SessionPersistence {}

  /// By a cookie of the application's.
  record AppCookie(String cookieName) implements SessionPersistence {}
}
