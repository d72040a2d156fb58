package agrippa.control.spi;

import agrippa.control.Caller;
import java.util.Optional;

/// Knows whom a token belongs to.
public interface Identity {
  /// The caller who holds this token, or nothing if it is unknown, expired or revoked.
  ///
  /// @throws ServiceUnavailableException if that cannot be found out now
  Optional<Caller> authenticate(String token);

  /// Where callers get a token, for `WWW-Authenticate`.
  String publicUrl();
}
