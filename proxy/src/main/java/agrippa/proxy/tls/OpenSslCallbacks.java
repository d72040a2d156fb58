package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import agrippa.proxy.plan.OcspResponse;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What OpenSSL asks back while a server's handshake runs: which certificate, which protocol.
///
/// One pair of upcall stubs serves all frontends, and the callback's argument says which asks:
/// making a stub costs about as much as a handshake, and there may be thousands of frontends.
/// Nothing is ever thrown into the library, which would end the process.
final class OpenSslCallbacks {
  private static final int SSL_TLSEXT_ERR_OK = 0;
  private static final int SSL_TLSEXT_ERR_ALERT_FATAL = 2;
  private static final int SSL_TLSEXT_ERR_NOACK = 3;
  private static final int OPENSSL_NPN_NEGOTIATED = 1;

  private final Map<Long, OpenSslServer> servers = new ConcurrentHashMap<>();
  private final Map<Long, byte[]> staples = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  // Never closed: settings that a straggler still uses may call even after the engine's end.
  private final Arena arena = Arena.ofAuto();
  private final long nameCallback;
  private final long protocolCallback;
  private final long statusCallback;

  OpenSslCallbacks() {
    nameCallback =
        stub(
            "chooseCertificate",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            MethodType.methodType(int.class, long.class, long.class, long.class));
    protocolCallback =
        stub(
            "chooseProtocol",
            FunctionDescriptor.of(
                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG),
            MethodType.methodType(
                int.class, long.class, long.class, long.class, long.class, int.class, long.class));
    statusCallback =
        stub(
            "staple",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG),
            MethodType.methodType(int.class, long.class, long.class));
  }

  private long stub(String method, FunctionDescriptor descriptor, MethodType type) {
    try {
      MethodHandle handle = MethodHandles.lookup().bind(this, method, type);
      return Linker.nativeLinker().upcallStub(handle, descriptor, arena).address();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("A callback is missing", e);
    }
  }

  /// @return the argument of callbacks for this server
  long add(OpenSslServer server) {
    long id = ids.incrementAndGet();
    servers.put(id, server);
    return id;
  }

  void remove(long id) {
    servers.remove(id);
  }

  /// @return the argument of callbacks for this response
  long add(OcspResponse status) {
    long id = ids.incrementAndGet();
    staples.put(id, status.der());
    return id;
  }

  void removeStatus(long id) {
    staples.remove(id);
  }

  long statusCallback() {
    return statusCallback;
  }

  long nameCallback() {
    return nameCallback;
  }

  long protocolCallback() {
    return protocolCallback;
  }

  @SuppressWarnings("unused") // Called by OpenSSL: int (*)(SSL *, int *alert, void *argument).
  private int chooseCertificate(long ssl, long alert, long id) {
    try {
      OpenSslServer server = servers.get(id);
      if (server == null) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
      }
      LibSsl.switchContext(ssl, server.contextFor(OpenSslRecords.serverName(ssl)));
      return SSL_TLSEXT_ERR_OK;
    } catch (Throwable e) {
      return failed(e);
    }
  }

  /// Our wish wins. Clients that want something else are served without an agreement.
  @SuppressWarnings("unused") // Called by OpenSSL; see SSL_CTX_set_alpn_select_cb.
  private int chooseProtocol(long ssl, long out, long outLength, long in, int inLength, long id) {
    try {
      OpenSslServer server = servers.get(id);
      if (server == null) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
      }
      long ours = server.protocols().address();
      int length = (int) server.protocols().byteSize();
      int chosen = LibSsl.selectProtocol(out, outLength, ours, length, in, inLength);
      return chosen == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
    } catch (Throwable e) {
      return failed(e);
    }
  }

  /// Says nothing if there is nothing to say: the handshake goes on without.
  @SuppressWarnings("unused") // Called by OpenSSL: int (*)(SSL *, void *argument).
  private int staple(long ssl, long id) {
    try {
      byte[] status = staples.get(id);
      return status != null && OpenSslObjects.staple(ssl, status)
          ? SSL_TLSEXT_ERR_OK
          : SSL_TLSEXT_ERR_NOACK;
    } catch (Throwable e) {
      return failed(e);
    }
  }

  private static int failed(Throwable cause) {
    System.getLogger(OpenSslCallbacks.class.getName())
        .log(System.Logger.Level.ERROR, "A TLS callback failed; so does its handshake", cause);
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
}
