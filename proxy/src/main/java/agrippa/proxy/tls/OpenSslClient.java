package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Users;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Settings towards endpoints in OpenSSL: one SSL_CTX, and the sessions to resume.
final class OpenSslClient implements TlsSource {
  private static final int SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;

  private final OpenSslEngine engine;
  private final boolean verifies;
  private final OpenSslSettings settings;
  private final Map<EventLoop, OpenSslSessions> sessions = new ConcurrentHashMap<>();
  private final Users users = new Users(this::free);

  OpenSslClient(OpenSslEngine engine, TlsClient plan) throws GeneralSecurityException {
    this.engine = engine;
    this.verifies = !plan.issuers().isEmpty();
    this.settings = OpenSslSettings.of(plan.versions(), plan.ciphers());
    try {
      fill(plan);
    } catch (GeneralSecurityException e) {
      close();
      throw e;
    }
  }

  private void fill(TlsClient plan) throws GeneralSecurityException {
    settings.offer(plan.alpn());
    Certificate certificate = plan.certificate();
    if (certificate != null) {
      settings.show(certificate);
    }
    if (verifies) {
      long store = OpenSslObjects.store(plan.issuers(), plan.revoked());
      settings.verifyServers(store);
      LibCrypto.freeStore(store);
    }
  }

  @Override
  public TlsBuffers buffers(EventLoop loop) {
    return engine.loop(loop).buffers();
  }

  @Override
  public TlsRecords accept(EventLoop loop) {
    return new RefusedRecords("the settings are a client's");
  }

  @Override
  public TlsRecords connect(EventLoop loop, InetSocketAddress to, @Nullable String serverName) {
    if (!users.enter()) {
      return new RefusedRecords("the upstream's settings are closed");
    }
    long ssl = LibSsl.create(settings.pointer());
    if (ssl == 0) {
      users.leave();
      return new RefusedRecords(OpenSslErrors.drain());
    }
    LibSsl.connectState(ssl);
    if (serverName != null) {
      name(ssl, serverName);
    }
    OpenSslSessions known = sessions.computeIfAbsent(loop, any -> new OpenSslSessions());
    OpenSslSessions.Key key = new OpenSslSessions.Key(to, serverName);
    known.resume(ssl, key);
    return new OpenSslRecords(engine.loop(loop), ssl, new Connection(this, known, key));
  }

  private void name(long ssl, String serverName) {
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(serverName).address();
      LibSsl.control(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, text);
      if (verifies) {
        LibSsl.expectedHost(ssl, text);
      }
    }
  }

  @Override
  public void close() {
    users.close();
  }

  private void free() {
    sessions.values().forEach(OpenSslSessions::free);
    settings.free();
  }

  /// One connection to one endpoint.
  private record Connection(OpenSslClient client, OpenSslSessions known, OpenSslSessions.Key key)
      implements OpenSslRecords.Owner {
    @Override
    public boolean asksPeer() {
      return false;
    }

    @Override
    public boolean verifies() {
      return client.verifies;
    }

    @Override
    public void ended(long ssl) {
      known.keep(ssl, key);
    }

    @Override
    public void freed() {
      client.users.leave();
    }
  }
}
