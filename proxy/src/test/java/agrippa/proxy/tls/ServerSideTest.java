package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.TlsInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
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

/// What every engine does for a frontend, on every kind of loop, seen by the JDK's TLS clients.
@ParameterizedClass
@MethodSource("agrippa.proxy.tls.Rig#kinds")
class ServerSideTest {
  private final Rig.Kind kind;
  private final Pki authority = new Pki("authority");
  private final Certificate www = authority.issue("www.example.com", "www.example.com");
  private final BlockingQueue<TlsInfo> seen = new LinkedBlockingQueue<>();
  private Rig rig;

  ServerSideTest(Rig.Kind kind) {
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
  void speaksBothVersions(String version) throws Exception {
    InetSocketAddress at = echo(Rig.server(www));
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      socket.setEnabledProtocols(new String[] {version});
      assertThat(Sockets.echo(socket, "hello")).isEqualTo("hello");
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
    TlsInfo info = info();
    assertThat(info.version()).isEqualTo(version);
    assertThat(info.serverName()).isNull();
    assertThat(info.applicationProtocol()).isNull();
    assertThat(info.peer()).isNull();
    assertThat(info.verifyResult()).isZero();
  }

  @Test
  void servesRsaCertificates() throws Exception {
    Certificate rsa = authority.issueWith("RSA", "rsa.example.com");
    assertThat(certificateFor(Rig.server(rsa), null)).containsExactlyElementsOf(rsa.chain());
  }

  @Test
  void choosesTheCertificateByServerName() throws Exception {
    Certificate any = authority.issue("*.example.com", "*.example.com", "example.net");
    Certificate shop = authority.issue("shop.example.com");
    TlsServer plan = Rig.server(www, any, shop);

    assertThat(certificateFor(plan, null)).containsExactlyElementsOf(www.chain());
    assertThat(certificateFor(plan, "unknown.test")).containsExactlyElementsOf(www.chain());
    assertThat(certificateFor(plan, "WWW.example.com")).containsExactlyElementsOf(www.chain());
    assertThat(certificateFor(plan, "a.example.com")).containsExactlyElementsOf(any.chain());
    assertThat(certificateFor(plan, "a.b.example.com")).containsExactlyElementsOf(www.chain());
    assertThat(certificateFor(plan, "example.net")).containsExactlyElementsOf(any.chain());
    assertThat(certificateFor(plan, "shop.example.com")).containsExactlyElementsOf(shop.chain());
  }

  @Test
  void tellsTheServerName() throws Exception {
    InetSocketAddress at = echo(Rig.server(www));
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      name(socket, "www.example.com");
      assertThat(Sockets.echo(socket, "x")).isEqualTo("x");
    }
    assertThat(info().serverName()).isEqualTo("www.example.com");
  }

  @Test
  void agreesOnTheProtocolItWantsMost() throws Exception {
    InetSocketAddress at = echo(Rig.agreeing(Rig.server(www), "http/1.1", "http/1.0"));
    assertThat(agreed(at, "http/1.0", "http/1.1")).isEqualTo("http/1.1");
    assertThat(info().applicationProtocol()).isEqualTo("http/1.1");
    assertThat(agreed(at, "h2", "http/1.0")).isEqualTo("http/1.0");
    assertThat(info().applicationProtocol()).isEqualTo("http/1.0");
    assertThat(agreed(at, "h2")).isEmpty();
    assertThat(info().applicationProtocol()).isNull();
  }

  @Test
  void refusesOtherVersions() throws Exception {
    InetSocketAddress at = echo(Rig.speaking(Rig.server(www), List.of("TLSv1.3"), ""));
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
    assertThat(rig.failed()).isTrue();
  }

  @Test
  void usesTheCiphersOfItsListOnly() throws Exception {
    TlsServer plan =
        Rig.speaking(
            Rig.server(www), List.of("TLSv1.2"), "NOT-A-CIPHER:ECDHE-ECDSA-AES256-GCM-SHA384");
    InetSocketAddress at = echo(plan);
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      socket.startHandshake();
      assertThat(socket.getSession().getCipherSuite())
          .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    }
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
    assertThat(rig.failed()).isTrue();
  }

  @Test
  void refusesPlansThatCannotWork() {
    Certificate other = authority.issue("other");
    Certificate mixed = new Certificate(www.chain(), other.key());
    assertThatThrownBy(() -> rig.engine.server(Rig.server()))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> rig.engine.server(Rig.speaking(Rig.server(www), List.of("SSLv3"), "")))
        .isInstanceOf(GeneralSecurityException.class);
    if (kind.engine().equals("openssl")) {
      assertThatThrownBy(() -> rig.engine.server(Rig.server(mixed)))
          .isInstanceOf(GeneralSecurityException.class);
      assertThatThrownBy(
              () -> rig.engine.server(Rig.speaking(Rig.server(www), List.of(), "NO-SUCH-CIPHER")))
          .isInstanceOf(GeneralSecurityException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesSessions(String version) throws Exception {
    InetSocketAddress at = echo(Rig.server(www));
    AtomicInteger shown = new AtomicInteger();
    SSLContext client = Sockets.context(null, shown);
    for (int i = 0; i < 3; i++) {
      try (SSLSocket socket = Sockets.connect(client, at)) {
        socket.setEnabledProtocols(new String[] {version});
        assertThat(Sockets.echo(socket, "again")).isEqualTo("again");
      }
    }
    assertThat(shown).hasValue(1);
  }

  @Test
  void asksClientsForACertificateIfToldTo() throws Exception {
    Certificate alice = authority.issue("alice");
    TlsServer plan = Rig.server(www);

    InetSocketAddress none = echo(Rig.asking(ClientAuth.NONE, authority, plan));
    assertThat(peerSeen(none, alice)).isNull();

    InetSocketAddress optional = echo(Rig.asking(ClientAuth.OPTIONAL, authority, plan));
    assertThat(peerSeen(optional, null)).isNull();
    assertThat(peerSeen(optional, alice)).isEqualTo(alice.chain().getFirst());

    InetSocketAddress mandatory = echo(Rig.asking(ClientAuth.MANDATORY, authority, plan));
    assertThat(peerSeen(mandatory, alice)).isEqualTo(alice.chain().getFirst());
    assertThatThrownBy(() -> peerSeen(mandatory, null)).isInstanceOf(IOException.class);
    assertThat(rig.failed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPTIONAL", "MANDATORY"})
  void refusesClientsOfOtherIssuersAndRevokedOnes(ClientAuth auth) throws Exception {
    Certificate alice = authority.issue("alice");
    Certificate bob = authority.issue("bob");
    Certificate mallory = new Pki("authority").issue("alice");
    InetSocketAddress at = echo(Rig.asking(auth, authority, Rig.server(www), bob));

    assertThat(peerSeen(at, alice)).isEqualTo(alice.chain().getFirst());
    assertThatThrownBy(() -> peerSeen(at, bob)).isInstanceOf(IOException.class);
    assertThat(rig.failed()).isTrue();
    assertThatThrownBy(() -> peerSeen(at, mallory)).isInstanceOf(IOException.class);
    assertThat(rig.failed()).isTrue();
  }

  @Test
  void resumedClientsKeepTheirCertificate() throws Exception {
    Certificate alice = authority.issue("alice");
    InetSocketAddress at = echo(Rig.asking(ClientAuth.MANDATORY, authority, Rig.server(www)));
    AtomicInteger shown = new AtomicInteger();
    SSLContext client = Sockets.context(alice, shown);
    for (int i = 0; i < 2; i++) {
      try (SSLSocket socket = Sockets.connect(client, at)) {
        assertThat(Sockets.echo(socket, "x")).isEqualTo("x");
      }
      assertThat(info().peer()).isEqualTo(alice.chain().getFirst());
    }
    assertThat(shown).hasValue(1);
  }

  @Test
  void givesUpOnPeersThatSayNothing() throws Exception {
    try (TlsContext tls = rig.engine.server(Rig.server(www))) {
      TlsContext hasty = new LayeredTls(((LayeredTls) tls).source(), 50);
      InetSocketAddress at = rig.listen(hasty, Echo::on);
      try (Socket silent = new Socket(at.getAddress(), at.getPort())) {
        silent.setSoTimeout(Rig.SECONDS * 1000);
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
      }
    }
    assertThat(rig.failed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002", "\u0080\u0000\u0000"})
  void whoSpeaksSomethingElseHarmsNobody(String nonsense) throws Exception {
    InetSocketAddress at = echo(Rig.server(www));
    try (SSLSocket good = Sockets.connect(Sockets.context(), at)) {
      assertThat(Sockets.echo(good, "one")).isEqualTo("one");
      try (Socket bad = new Socket(at.getAddress(), at.getPort())) {
        bad.getOutputStream().write(nonsense.getBytes(StandardCharsets.ISO_8859_1));
        bad.shutdownOutput();
        assertThat(rig.failed()).isTrue();
      }
      assertThat(Sockets.echo(good, "two")).isEqualTo("two");
    }
  }

  @Test
  void closedSettingsServeWhoIsThereAndNobodyElse() throws Exception {
    TlsContext tls = rig.engine.server(Rig.server(www));
    InetSocketAddress at = rig.listen(tls, Echo::on);
    try (SSLSocket before = Sockets.connect(Sockets.context(), at)) {
      assertThat(Sockets.echo(before, "one")).isEqualTo("one");
      tls.close();
      tls.close();
      assertThat(Sockets.echo(before, "two")).isEqualTo("two");
      try (SSLSocket after = Sockets.connect(Sockets.context(), at)) {
        assertThatThrownBy(after::startHandshake).isInstanceOf(IOException.class);
      }
      assertThat(Sockets.echo(before, "three")).isEqualTo("three");
    }
    assertThat(rig.failed()).isTrue();
  }

  // --- helpers ---

  private InetSocketAddress echo(TlsServer plan) throws GeneralSecurityException {
    return rig.listen(rig.engine.server(plan), this::serve);
  }

  private void serve(Channel channel) {
    seen.add(channel.tls());
    Echo.on(channel);
  }

  private TlsInfo info() throws InterruptedException {
    TlsInfo info = seen.poll(Rig.SECONDS, TimeUnit.SECONDS);
    assertThat(info).isNotNull();
    return info;
  }

  private X509Certificate[] certificateFor(TlsServer plan, @Nullable String name) throws Exception {
    try (SSLSocket socket = Sockets.connect(Sockets.context(), echo(plan))) {
      if (name != null) {
        name(socket, name);
      }
      socket.startHandshake();
      return (X509Certificate[]) socket.getSession().getPeerCertificates();
    }
  }

  private static void name(SSLSocket socket, String name) {
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    socket.setSSLParameters(parameters);
  }

  private static String agreed(InetSocketAddress at, String... offered) throws IOException {
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(offered);
      socket.setSSLParameters(parameters);
      assertThat(Sockets.echo(socket, "x")).isEqualTo("x");
      return socket.getApplicationProtocol();
    }
  }

  private @Nullable X509Certificate peerSeen(InetSocketAddress at, @Nullable Certificate shown)
      throws Exception {
    try (SSLSocket socket = Sockets.connect(Sockets.context(shown, new AtomicInteger()), at)) {
      // In TLS 1.3 a client learns only with the answer whether it is welcome.
      assertThat(Sockets.echo(socket, "x")).isEqualTo("x");
    }
    return info().peer();
  }
}
