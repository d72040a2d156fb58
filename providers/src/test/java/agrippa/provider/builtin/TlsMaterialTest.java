package agrippa.provider.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.PoolTls;
import agrippa.provider.builtin.ocsp.Stapling;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TlsMaterialTest {
  private final TlsMaterial material =
      new TlsMaterial(
          new FakeSecrets(), new Stapling(List.of(), InstantSource.system(), Runnable::run));

  private static Listener listener(@Nullable String container, String... sni) {
    return listener(container, List.of(sni), null, ClientAuthentication.NONE);
  }

  private static Listener listener(
      @Nullable String container,
      List<String> sni,
      @Nullable String authority,
      ClientAuthentication authentication) {
    ListenerTls tls =
        new ListenerTls(
            container,
            sni,
            authority,
            authentication,
            null,
            null,
            null,
            List.of("h2", "http/1.1"),
            null,
            false,
            false);
    return Trees.listener("a", ListenerProtocol.TERMINATED_HTTPS, 443).tls(tls).build();
  }

  @Test
  void theDefaultCertificateComesFirstAndSettingsHaveOctaviasDefaults() throws Exception {
    TlsServer server = material.server(listener("certificate-1", "certificate-2"));
    assertThat(server.certificates()).hasSize(2);
    assertThat(server.versions()).containsExactly("TLSv1.2", "TLSv1.3");
    assertThat(server.ciphers()).contains("ECDHE-RSA-AES128-GCM-SHA256");
    assertThat(server.alpn()).containsExactly("h2", "http/1.1");
    assertThat(server.clientAuth()).isEqualTo(ClientAuth.NONE);
  }

  @Test
  void withoutADefaultTheFirstSniCertificateServes() throws Exception {
    assertThat(material.server(listener(null, "certificate-1")).certificates()).hasSize(1);
  }

  @Test
  void aListenerWithoutCertificatesCannotServe() {
    assertThatThrownBy(() -> material.server(listener(null)))
        .isInstanceOf(TlsMaterial.MissingException.class)
        .hasMessage("the listener has no certificate");
  }

  @Test
  void saysWhatIsWrongWithACertificate() {
    assertThatThrownBy(() -> material.server(listener("certificate", "gone")))
        .hasMessage("there is no secret gone");
    assertThatThrownBy(() -> material.server(listener("broken-1")))
        .hasMessage("the secret broken-1 is unreadable: it is broken");
    assertThatThrownBy(() -> material.server(listener("unavailable")))
        .isInstanceOf(ServiceUnavailableException.class);
  }

  @Test
  void authoritiesMatterOnlyIfClientsAreAsked() throws Exception {
    Listener asking =
        listener("certificate", List.of(), "authority", ClientAuthentication.MANDATORY);
    TlsServer server = material.server(asking);
    assertThat(server.clientAuth()).isEqualTo(ClientAuth.MANDATORY);
    assertThat(server.clientIssuers()).hasSize(1);
    Listener silent = listener("certificate", List.of(), "gone", ClientAuthentication.NONE);
    assertThat(material.server(silent).clientIssuers()).isEmpty();
  }

  @Test
  void poolsShowACertificateAndTrustAuthoritiesIfTheyHaveThem() throws Exception {
    TlsClient plain = material.client(pool(new PoolTls(true, null, null, null, null, null, null)));
    assertThat(plain.certificate()).isNull();
    assertThat(plain.issuers()).isEmpty();
    TlsClient full =
        material.client(
            pool(
                new PoolTls(
                    true, "certificate", "authority", null, "HIGH", List.of("TLSv1.3"), null)));
    assertThat(full.certificate()).isNotNull();
    assertThat(full.issuers()).hasSize(1);
    assertThat(full.ciphers()).isEqualTo("HIGH");
    assertThat(full.versions()).containsExactly("TLSv1.3");
  }

  private static Pool pool(PoolTls tls) {
    return Trees.pool("servers", PoolProtocol.HTTP).tls(tls).build();
  }

  @Test
  void onlyPoolsOfHttpOfferHttp2() throws Exception {
    PoolTls both = new PoolTls(true, null, null, null, null, null, List.of("h2", "http/1.1"));
    assertThat(material.client(pool(both)).alpn()).containsExactly("h2", "http/1.1");
    Pool proxied = Trees.pool("servers", PoolProtocol.PROXY).tls(both).build();
    assertThat(material.client(proxied).alpn()).containsExactly("http/1.1");
  }
}
