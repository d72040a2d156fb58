package agrippa.proxy.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.transport.EventLoop;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Settings in the JDK: one SSLContext, which keeps the sessions too, so that those end with it.
final class JdkSource implements TlsSource {
  private static final int VERIFIED_SESSION_SECONDS = 300;
  private static final int SESSION_SECONDS = 7_200;
  private static final int SESSIONS = 20_480;

  private final JdkEngine engine;
  private final SSLContext context;
  private final SSLParameters parameters;
  private final List<String> alpn;
  private final boolean verifies;
  private volatile boolean closed;

  private JdkSource(
      JdkEngine engine,
      SSLContext context,
      SSLParameters parameters,
      List<String> alpn,
      boolean verifies) {
    this.engine = engine;
    this.context = context;
    this.parameters = parameters;
    this.alpn = alpn;
    this.verifies = verifies;
  }

  static JdkSource server(JdkEngine engine, TlsServer plan) throws GeneralSecurityException {
    if (plan.certificates().isEmpty()) {
      throw new GeneralSecurityException("a TLS frontend needs a certificate");
    }
    TlsDefaults.alpnWire(plan.alpn());
    boolean asks = TlsDefaults.asksClients(plan);
    TrustManager[] trust =
        asks ? JdkTrust.of(plan.clientIssuers(), plan.revoked()) : JdkTrust.anybody();
    SSLContext context = context(engine, plan.certificates(), trust);
    context.getServerSessionContext().setSessionCacheSize(SESSIONS);
    context
        .getServerSessionContext()
        .setSessionTimeout(asks ? VERIFIED_SESSION_SECONDS : SESSION_SECONDS);
    SSLParameters parameters = parameters(context, plan.versions(), plan.ciphers());
    parameters.setUseCipherSuitesOrder(true);
    // Each of the two setters takes back what the other said.
    if (asks && plan.clientAuth() == ClientAuth.MANDATORY) {
      parameters.setNeedClientAuth(true);
    } else {
      parameters.setWantClientAuth(asks);
    }
    return new JdkSource(engine, context, parameters, plan.alpn(), asks);
  }

  static JdkSource client(JdkEngine engine, TlsClient plan) throws GeneralSecurityException {
    TlsDefaults.alpnWire(plan.alpn());
    boolean verifies = !plan.issuers().isEmpty();
    TrustManager[] trust =
        verifies ? JdkTrust.of(plan.issuers(), plan.revoked()) : JdkTrust.anybody();
    Certificate own = plan.certificate();
    SSLContext context = context(engine, own == null ? List.of() : List.of(own), trust);
    SSLParameters parameters = parameters(context, plan.versions(), plan.ciphers());
    parameters.setApplicationProtocols(plan.alpn().toArray(String[]::new));
    return new JdkSource(engine, context, parameters, plan.alpn(), verifies);
  }

  private static SSLContext context(
      JdkEngine engine, List<Certificate> certificates, TrustManager[] trust)
      throws GeneralSecurityException {
    for (Certificate certificate : certificates) {
      KeyProof.check(certificate);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys =
        certificates.isEmpty() ? new KeyManager[0] : new KeyManager[] {new JdkKeys(certificates)};
    context.init(keys, trust, engine.random());
    return context;
  }

  /// The JDK disables TLS 1.1 and older for the whole process, so only newer versions count.
  private static SSLParameters parameters(SSLContext context, List<String> versions, String ciphers)
      throws GeneralSecurityException {
    List<String> wanted = versions.isEmpty() ? TlsDefaults.VERSIONS : versions;
    String[] spoken = wanted.stream().filter(TlsDefaults.VERSIONS::contains).toArray(String[]::new);
    if (spoken.length == 0) {
      throw new GeneralSecurityException("no TLS version that the JDK speaks among " + versions);
    }
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(spoken);
    parameters.setCipherSuites(JdkCiphers.enabled(ciphers, parameters.getCipherSuites()));
    return parameters;
  }

  @Override
  public TlsBuffers buffers(EventLoop loop) {
    return engine.loop(loop).buffers();
  }

  @Override
  public TlsRecords accept(EventLoop loop) {
    if (closed) {
      return new RefusedRecords("the frontend's settings are closed");
    }
    SSLEngine ssl = context.createSSLEngine();
    ssl.setUseClientMode(false);
    ssl.setSSLParameters(parameters);
    if (!alpn.isEmpty()) {
      ssl.setHandshakeApplicationProtocolSelector((any, offered) -> chosen(offered));
    }
    return new JdkRecords(engine.loop(loop), ssl, null);
  }

  /// Our wish wins; the empty name means no agreement.
  private String chosen(List<String> offered) {
    return alpn.stream().filter(offered::contains).findFirst().orElse("");
  }

  @Override
  public TlsRecords connect(EventLoop loop, InetSocketAddress to, @Nullable String serverName) {
    if (closed) {
      return new RefusedRecords("the upstream's settings are closed");
    }
    String name = serverName == null ? to.getAddress().getHostAddress() : serverName;
    SSLEngine ssl = context.createSSLEngine(name, to.getPort());
    ssl.setUseClientMode(true);
    SSLParameters own = copy();
    if (serverName != null) {
      own.setServerNames(List.of(new HostName(serverName)));
      if (verifies) {
        own.setEndpointIdentificationAlgorithm("HTTPS");
      }
    }
    ssl.setSSLParameters(own);
    return new JdkRecords(engine.loop(loop), ssl, serverName);
  }

  /// A host name as bytes: the JDK's own has no underscores, which names in use have.
  private static final class HostName extends SNIServerName {
    HostName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(US_ASCII));
    }
  }

  private SSLParameters copy() {
    SSLParameters own = new SSLParameters(parameters.getCipherSuites(), parameters.getProtocols());
    own.setApplicationProtocols(parameters.getApplicationProtocols());
    return own;
  }

  @Override
  public void close() {
    closed = true;
  }
}
