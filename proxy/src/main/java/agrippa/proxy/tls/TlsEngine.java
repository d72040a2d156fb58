package agrippa.proxy.tls;

import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.security.GeneralSecurityException;

/// Whose TLS is spoken. One engine serves a whole proxy; its contexts may be used by all loops at
/// once, and are closed by whoever made them.
public interface TlsEngine extends AutoCloseable {
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
