package agrippa.proxy.tls;

import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The last session with each endpoint, to resume instead of a full handshake; one loop's.
final class OpenSslSessions {
  private static final int MOST = 512;

  private final LinkedHashMap<Key, Long> sessions = new LinkedHashMap<>();

  /// Whom a session is with.
  record Key(InetSocketAddress endpoint, @Nullable String serverName) {}

  /// Offers the endpoint its last session, if there is one. It may refuse.
  void resume(long ssl, Key key) {
    Long session = sessions.get(key);
    if (session != null && LibSsl.resume(ssl, session) != 1) {
      LibCrypto.clearErrors();
    }
  }

  /// Keeps the session of a connection that ends; tickets have come by then.
  void keep(long ssl, Key key) {
    long session = LibSsl.session(ssl);
    if (session == 0) {
      return;
    }
    if (LibSsl.isResumable(session) != 1) {
      LibSsl.freeSession(session);
      return;
    }
    forget(sessions.put(key, session));
    if (sessions.size() > MOST) {
      Iterator<Map.Entry<Key, Long>> eldest = sessions.entrySet().iterator();
      forget(eldest.next().getValue());
      eldest.remove();
    }
  }

  private static void forget(@Nullable Long session) {
    if (session != null) {
      LibSsl.freeSession(session);
    }
  }

  void free() {
    sessions.values().forEach(OpenSslSessions::forget);
    sessions.clear();
  }
}
