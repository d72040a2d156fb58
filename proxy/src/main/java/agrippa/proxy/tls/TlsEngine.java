package agrippa.proxy.tls;

import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// Whose TLS is spoken. One engine serves a whole proxy; its contexts may be used by all loops at
/// once, and are closed by whoever made them.
public sealed interface TlsEngine extends AutoCloseable permits JdkEngine, OpenSslEngine {
  /// OpenSSL 3 of this machine, or empty if its library is not there; a log line says why.
  ///
  /// @param clock tells when the keys of session tickets are due
  /// @param random makes those keys
  static Optional<TlsEngine> openssl(InstantSource clock, SecureRandom random) {
    try {
      return Optional.of(new OpenSslEngine(clock, random));
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      System.getLogger(TlsEngine.class.getName())
          .log(System.Logger.Level.INFO, "OpenSSL 3 cannot be used: {0}", cause.getMessage());
      return Optional.empty();
    }
  }

  /// The JDK's own TLS, without versions older than 1.2, which the JDK disables.
  static TlsEngine jdk(SecureRandom random) {
    return new JdkEngine(random);
  }

  /// OpenSSL if it is there, otherwise the JDK's.
  static TlsEngine best(InstantSource clock, SecureRandom random) {
    return openssl(clock, random).orElseGet(() -> jdk(random));
  }

  /// Name and version of the library, for logs.
  String name();

  /// Ends TLS at a frontend.
  ///
  /// @throws GeneralSecurityException if the plan cannot be served: a key that does not fit its
  ///     certificate, no cipher that is known, no version that is allowed
  TlsContext server(TlsServer plan) throws GeneralSecurityException;

  /// Encrypts towards endpoints. Endpoints must prove who they are if the plan names issuers: by
  /// a certificate of theirs, which also fits the server name if one is sent.
  ///
  /// @throws GeneralSecurityException if the plan cannot be served
  TlsContext client(TlsClient plan) throws GeneralSecurityException;

  /// Encrypts towards whoever answers: for health checks, which ask whether TLS works at all.
  ///
  /// @throws GeneralSecurityException if the library refuses its own defaults
  TlsContext unverified() throws GeneralSecurityException;

  /// Frees what the loops shared; they have ended before.
  @Override
  void close();
}
