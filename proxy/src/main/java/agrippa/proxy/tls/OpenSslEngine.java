package agrippa.proxy.tls;

import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// TLS by the system's OpenSSL 3.
final class OpenSslEngine implements TlsEngine {
  private static final int OPENSSL_VERSION = 0;
  private static final int LONGEST_VERSION = 256;

  private final Map<EventLoop, OpenSslLoop> loops = new ConcurrentHashMap<>();
  private final OpenSslCallbacks callbacks = new OpenSslCallbacks();
  private final TicketKeys tickets;
  private final String name;

  /// @throws LinkageError if the library is not there, or lacks something
  OpenSslEngine(InstantSource clock, SecureRandom random) {
    name =
        MemorySegment.ofAddress(LibCrypto.version(OPENSSL_VERSION))
            .reinterpret(LONGEST_VERSION)
            .getString(0);
    // Loads the other half now, rather than at the first connection.
    LibSslContext.tlsMethod();
    tickets = new TicketKeys(clock, random);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TlsContext server(TlsServer plan) throws GeneralSecurityException {
    return new LayeredTls(new OpenSslServer(this, plan));
  }

  @Override
  public TlsContext client(TlsClient plan) throws GeneralSecurityException {
    return new LayeredTls(new OpenSslClient(this, plan));
  }

  @Override
  public TlsContext unverified() throws GeneralSecurityException {
    return client(new TlsClient(null, List.of(), List.of(), "", TlsDefaults.VERSIONS, List.of()));
  }

  OpenSslLoop loop(EventLoop loop) {
    OpenSslLoop known = loops.get(loop);
    return known != null ? known : loops.computeIfAbsent(loop, any -> new OpenSslLoop());
  }

  OpenSslCallbacks callbacks() {
    return callbacks;
  }

  TicketKeys tickets() {
    return tickets;
  }

  @Override
  public void close() {
    loops.values().forEach(OpenSslLoop::free);
    loops.clear();
  }
}
