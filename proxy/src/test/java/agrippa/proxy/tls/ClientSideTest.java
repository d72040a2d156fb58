package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every engine does towards endpoints, on every kind of loop, seen by the JDK's TLS servers.
@ParameterizedClass
@MethodSource("agrippa.proxy.tls.Rig#kinds")
class ClientSideTest {
  private static final String LONG_LABEL =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  private final Rig.Kind kind;
  private final Pki authority = new Pki("authority");
  private final Certificate endpoint = authority.issue("a.internal", "a.internal");
  private Rig rig;

  ClientSideTest(Rig.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void start() throws IOException {
    rig = kind.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void talksToEndpoints(String version) throws Exception {
    TlsClient plan =
        new TlsClient(null, List.of(), List.of(), "", List.of(version), List.of("http/1.1"));
    try (Endpoint server = new Endpoint(endpoint)) {
      Talk talk = talk(plan, server, "a.internal");
      assertThat(talk.answer()).isEqualTo("hello");
      assertThat(talk.info.version()).isEqualTo(version);
      assertThat(talk.info.serverName()).isEqualTo("a.internal");
      assertThat(talk.info.applicationProtocol()).isEqualTo("http/1.1");
      assertThat(talk.info.peer()).isEqualTo(endpoint.chain().getFirst());
      assertThat(server.name()).isEqualTo("a.internal");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "a..internal", ".a", "a.", LONG_LABEL + ".internal"})
  void sendsNoServerNameThatIsNone(String name) throws Exception {
    try (Endpoint server = new Endpoint(endpoint)) {
      assertThat(talk(Rig.trusting(authority), server, name).answer()).isEqualTo("hello");
      assertThat(server.name()).isEmpty();
    }
  }

  @Test
  void believesAnybodyIfNoIssuerIsNamed() throws Exception {
    try (Endpoint server = new Endpoint(Pki.selfSigned("whoever"))) {
      assertThat(talk(Rig.trusting(), server, "a.internal").answer()).isEqualTo("hello");
    }
    try (Endpoint server = new Endpoint(Pki.selfSigned("whoever"));
        TlsContext unverified = rig.engine.unverified()) {
      assertThat(talk(unverified, server, null).answer()).isEqualTo("hello");
    }
  }

  @Test
  void believesNamedIssuersOnly() throws Exception {
    try (Endpoint server = new Endpoint(endpoint)) {
      assertThat(talk(Rig.trusting(authority), server, null).answer()).isEqualTo("hello");
      assertThat(talk(Rig.trusting(authority), server, "a.internal").answer()).isEqualTo("hello");
      assertThat(talk(Rig.trusting(new Pki("authority")), server, null).failure())
          .isEqualTo(Handler.ConnectFailure.TLS);
    }
    try (Endpoint server = new Endpoint(Pki.selfSigned("a.internal"))) {
      assertThat(talk(Rig.trusting(authority), server, null).failure())
          .isEqualTo(Handler.ConnectFailure.TLS);
    }
  }

  @Test
  void wantsTheCertificateToFitTheServerName() throws Exception {
    try (Endpoint server = new Endpoint(endpoint)) {
      assertThat(talk(Rig.trusting(authority), server, "b.internal").failure())
          .isEqualTo(Handler.ConnectFailure.TLS);
    }
  }

  @Test
  void refusesRevokedEndpoints() throws Exception {
    Certificate other = authority.issue("other");
    TlsClient plan =
        new TlsClient(
            null,
            Pki.issuers(authority),
            List.of(authority.revoking(other)),
            "",
            List.of(),
            List.of());
    try (Endpoint good = new Endpoint(endpoint);
        Endpoint revoked = new Endpoint(other)) {
      assertThat(talk(plan, good, null).answer()).isEqualTo("hello");
      assertThat(talk(plan, revoked, null).failure()).isEqualTo(Handler.ConnectFailure.TLS);
    }
  }

  @Test
  void showsItsCertificate() throws Exception {
    Certificate own = authority.issue("proxy");
    TlsClient plan = new TlsClient(own, List.of(), List.of(), "", List.of(), List.of());
    try (Endpoint server = new Endpoint(endpoint)) {
      server.asksClients = true;
      assertThat(talk(plan, server, null).answer()).isEqualTo("hello");
      assertThat(server.peer()).isEqualTo(own.chain().getFirst());
    }
  }

  @Test
  void resumesSessions() throws Exception {
    try (Endpoint server = new Endpoint(endpoint);
        TlsContext tls = rig.engine.client(Rig.trusting(authority))) {
      for (int i = 0; i < 3; i++) {
        assertThat(talk(tls, server, null).answer()).isEqualTo("hello");
      }
      assertThat(server.created.stream().distinct()).hasSize(1);
    }
  }

  @Test
  void tellsWhyItCannotConnect() throws Exception {
    // Bound, so that nobody else takes the port, but not listening.
    try (Socket deaf = new Socket();
        TlsContext tls = rig.engine.unverified()) {
      deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      InetSocketAddress nobody = (InetSocketAddress) deaf.getLocalSocketAddress();
      Talk talk = new Talk();
      rig.onLoop(() -> rig.loop.connect(nobody, tls, null, talk));
      assertThat(talk.failure()).isEqualTo(Handler.ConnectFailure.REFUSED);
    }
  }

  @Test
  void giveUpOnEndpointsThatLeave() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TlsContext tls = rig.engine.unverified()) {
      Talk talk = new Talk();
      InetSocketAddress to = (InetSocketAddress) rude.getLocalSocketAddress();
      rig.onLoop(() -> rig.loop.connect(to, tls, null, talk));
      rude.accept().close();
      assertThat(talk.failure()).isNotNull();
    }
  }

  @Test
  void tellsTruncationFromAnEnd() throws Exception {
    try (Endpoint server = new Endpoint(endpoint);
        TlsContext tls = rig.engine.unverified()) {
      server.cuts = true;
      Talk talk = talk(tls, server, null);
      assertThat(Rig.await(talk.answer)).isEqualTo("hello");
      assertThat(Rig.await(talk.ending)).isEqualTo(Channel.FAILED);
    }
    try (Endpoint server = new Endpoint(endpoint);
        TlsContext tls = rig.engine.unverified()) {
      Talk talk = talk(tls, server, null);
      assertThat(Rig.await(talk.answer)).isEqualTo("hello");
      assertThat(Rig.await(talk.ending)).isEqualTo(Channel.END);
    }
  }

  // --- helpers ---

  private Talk talk(TlsClient plan, Endpoint server, @Nullable String name) throws Exception {
    try (TlsContext tls = rig.engine.client(plan)) {
      return talk(tls, server, name);
    }
  }

  private Talk talk(TlsContext tls, Endpoint server, @Nullable String name) {
    Talk talk = new Talk();
    rig.onLoop(() -> rig.loop.connect(server.address(), tls, name, talk));
    return talk;
  }

  /// Says hello, hears an answer of as many bytes, and waits for the end.
  private static final class Talk implements Handler {
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<Integer> ending = new CompletableFuture<>();
    private final CompletableFuture<ConnectFailure> failure = new CompletableFuture<>();
    private final Buffer in = Buffer.allocate(32 * 1024);
    private TlsInfo info;

    @Override
    public void connected(Channel channel) {
      info = channel.tls();
      failure.complete(null);
      Buffer out = Buffer.allocate(16);
      out.put(0, "hello".getBytes(StandardCharsets.US_ASCII), 0, 5);
      out.window(0, 5);
      channel.write(out);
      out.free();
    }

    @Override
    public void readable(Channel channel) {
      int got;
      do {
        got = channel.read(in);
      } while (got > 0);
      if (in.length() == 5) {
        byte[] text = new byte[5];
        in.get(in.start(), text, 0, 5);
        answer.complete(new String(text, StandardCharsets.US_ASCII));
      }
      if (got < 0) {
        ending.complete(got);
        channel.close();
        in.free();
      }
    }

    @Override
    public void writable(Channel channel) {}

    @Override
    public void connectFailed(Channel channel, ConnectFailure why) {
      failure.complete(why);
      answer.completeExceptionally(new IOException("connecting failed: " + why));
    }

    /// The answer, once the endpoint has ended the connection in order too.
    String answer() {
      String text = Rig.await(answer);
      assertThat(Rig.await(ending)).isEqualTo(Channel.END);
      return text;
    }

    @Nullable ConnectFailure failure() {
      return Rig.await(failure);
    }
  }

  /// An endpoint that answers each connection with what it heard.
  private static final class Endpoint implements AutoCloseable {
    private final ServerSocket listener;
    private final SSLContext context;
    private final CompletableFuture<String> name = new CompletableFuture<>();
    private final CompletableFuture<X509Certificate> peer = new CompletableFuture<>();
    private final List<Long> created = new CopyOnWriteArrayList<>();
    private volatile boolean asksClients;
    private volatile boolean cuts;

    Endpoint(Certificate certificate) throws IOException {
      listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      context = Sockets.context(certificate, new AtomicInteger());
      Thread.ofVirtual().start(this::serve);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void serve() {
      while (!listener.isClosed()) {
        try (Socket plain = listener.accept();
            SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, null, true)) {
          answer(plain, socket);
        } catch (IOException e) {
          // Some clients are meant to fail; those that are not are noticed by the tests.
          peer.completeExceptionally(e);
        }
      }
    }

    private void answer(Socket plain, SSLSocket socket) throws IOException {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      parameters.setNeedClientAuth(asksClients);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
      List<SNIServerName> names = session.getRequestedServerNames();
      name.complete(
          names.isEmpty() ? "" : new String(names.getFirst().getEncoded(), StandardCharsets.UTF_8));
      created.add(session.getCreationTime());
      if (asksClients) {
        peer.complete((X509Certificate) session.getPeerCertificates()[0]);
      }
      socket.getOutputStream().write(socket.getInputStream().readNBytes(5));
      if (cuts) {
        // The stream below ends, of which TLS was not told.
        plain.shutdownOutput();
      }
    }

    String name() {
      return Rig.await(name);
    }

    X509Certificate peer() {
      return Rig.await(peer);
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
