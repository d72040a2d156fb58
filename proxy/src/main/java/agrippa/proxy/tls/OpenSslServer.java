package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Users;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A frontend's settings in OpenSSL: one SSL_CTX for each certificate, all else in them the same.
final class OpenSslServer implements TlsSource, OpenSslRecords.Owner {
  /// A resumed session is not verified again, so revocation would not reach clients for longer. Who
  /// resumes gets no further ticket: see [TicketKeys].
  private static final long VERIFIED_SESSION_SECONDS = 300;

  private static final long SESSION_SECONDS = 7_200;

  private final OpenSslEngine engine;
  private final boolean asksClients;
  private final ServerNames names;
  private final List<OpenSslSettings> settings = new ArrayList<>();
  private final MemorySegment protocols;
  private final long callbackId;
  private final List<Long> statusIds = new ArrayList<>();
  private final Users users = new Users(this::free);

  OpenSslServer(OpenSslEngine engine, TlsServer plan) throws GeneralSecurityException {
    if (plan.certificates().isEmpty()) {
      throw new GeneralSecurityException("a TLS frontend needs a certificate");
    }
    this.engine = engine;
    this.asksClients = TlsDefaults.asksClients(plan);
    this.names = new ServerNames(plan.certificates());
    byte[] wire = TlsDefaults.alpnWire(plan.alpn());
    this.protocols = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, wire);
    this.callbackId = engine.callbacks().add(this);
    try {
      fill(plan);
    } catch (GeneralSecurityException e) {
      close();
      throw e;
    }
  }

  private void fill(TlsServer plan) throws GeneralSecurityException {
    byte[] identity = identity(plan);
    long store = OpenSslObjects.store(plan.clientIssuers(), plan.revoked());
    try {
      for (Certificate certificate : plan.certificates()) {
        OpenSslSettings one = OpenSslSettings.of(plan.versions(), plan.ciphers());
        settings.add(one);
        one.show(certificate);
        if (certificate.status() != null) {
          long id = engine.callbacks().add(certificate.status());
          statusIds.add(id);
          one.staple(engine.callbacks().statusCallback(), id);
        }
        if (asksClients) {
          one.askClients(plan.clientAuth(), plan.clientIssuers(), store);
        }
        one.resume(
            engine.tickets().callback(),
            identity,
            asksClients ? VERIFIED_SESSION_SECONDS : SESSION_SECONDS);
        one.ask(
            engine.callbacks().nameCallback(),
            plan.alpn().isEmpty() ? 0 : engine.callbacks().protocolCallback(),
            callbackId);
      }
    } finally {
      LibCrypto.freeStore(store);
    }
  }

  /// Tells apart whose tickets may be resumed here: the keys of tickets are the engine's, so that
  /// sessions outlive a change of settings, but not one that concerns who may come in and how, and
  /// never at another's frontend.
  private static byte[] identity(TlsServer plan) throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    add(digest, plan.certificates().getFirst().chain().getFirst().getPublicKey().getEncoded());
    add(digest, plan.clientAuth().name().getBytes(StandardCharsets.UTF_8));
    add(digest, plan.versions().toString().getBytes(StandardCharsets.UTF_8));
    add(digest, plan.ciphers().getBytes(StandardCharsets.UTF_8));
    for (X509Certificate issuer : plan.clientIssuers()) {
      add(digest, issuer.getEncoded());
    }
    for (X509CRL list : plan.revoked()) {
      add(digest, list.getEncoded());
    }
    return digest.digest();
  }

  private static void add(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    digest.update(part);
  }

  /// The SSL_CTX whose certificate serves this name.
  long contextFor(@Nullable String serverName) {
    return settings.get(names.certificate(serverName)).pointer();
  }

  /// The protocols as ALPN writes them, most wanted first.
  MemorySegment protocols() {
    return protocols;
  }

  @Override
  public TlsBuffers buffers(EventLoop loop) {
    return engine.loop(loop).buffers();
  }

  @Override
  public TlsRecords accept(EventLoop loop) {
    if (!users.enter()) {
      return new RefusedRecords("the frontend's settings are closed");
    }
    long ssl = LibSsl.create(settings.getFirst().pointer());
    if (ssl == 0) {
      users.leave();
      return new RefusedRecords(OpenSslErrors.drain());
    }
    LibSsl.acceptState(ssl);
    return new OpenSslRecords(engine.loop(loop), ssl, this);
  }

  @Override
  public TlsRecords connect(EventLoop loop, InetSocketAddress to, @Nullable String serverName) {
    return new RefusedRecords("the settings are a server's");
  }

  @Override
  public boolean asksPeer() {
    return asksClients;
  }

  @Override
  public boolean verifies() {
    return asksClients;
  }

  @Override
  public void ended(long ssl) {}

  @Override
  public void freed() {
    users.leave();
  }

  @Override
  public void close() {
    users.close();
  }

  private void free() {
    engine.callbacks().remove(callbackId);
    statusIds.forEach(engine.callbacks()::removeStatus);
    settings.forEach(OpenSslSettings::free);
  }
}
