package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.transport.TlsInfo;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Cookies that keep clients at endpoints, PROXY headers, and upgrades.
class PersistenceAndProtocolTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Scene scene = new Scene();

  private static String get(String cookie) {
    return "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + cookie + "\r\n\r\n";
  }

  private static String address(FakeChannel endpoint) {
    return endpoint.remote().getAddress().getHostAddress();
  }

  // ---- an inserted cookie

  @Test
  void aNewClientIsToldWhereItBelongs() {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a", "b");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);

    String name = address(endpoint).equals("10.0.0.1") ? "a" : "b";
    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: SRV="
                + name
                + "; path=/\r\nCache-control: private\r\n\r\nok");
  }

  @Test
  void aClientComesBackAndTheMemberNeverSeesTheCookie() {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a", "b");
    for (int i = 0; i < 4; i++) {
      FakeChannel client = scene.client();
      client.receive(get("x=y; SRV=b"));
      FakeChannel endpoint = scene.endpoint();
      assertThat(address(endpoint)).isEqualTo("10.0.0.2");
      assertThat(endpoint.sent()).isEqualTo(get("x=y"));
      endpoint.receive("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
      assertThat(client.sent()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SRV=gone; SRV=b",
        "SRV=; x=y; SRV=b ; SRV=a",
        "SRV=gone\r\nCookie: x=y\r\nCookie: SRV=b"
      })
  void theFirstCookieThatNamesAnEndpointCounts(String cookies) {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a", "b");
    for (int i = 0; i < 4; i++) {
      FakeChannel client = scene.client();
      client.receive(get(cookies));
      FakeChannel endpoint = scene.endpoint();
      assertThat(address(endpoint)).isEqualTo("10.0.0.2");
      assertThat(endpoint.sent()).doesNotContain("SRV");
      endpoint.receive("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
      assertThat(client.sent()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
    }
  }

  @Test
  void aCookieOfAnEndpointThatIsGoneIsReplaced() {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(get("SRV=gone"));
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo(GET);
    endpoint.receive(OK);
    assertThat(client.sent()).contains("Set-Cookie: SRV=a; path=/\r\n");
  }

  @Test
  void aCookieOfAnEndpointThatCannotBeReachedIsReplaced() {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a", "b");
    FakeChannel client = scene.client();
    client.receive(get("SRV=a"));
    scene.loop.connecting().refuse();
    scene.endpoint().receive(OK);
    assertThat(client.sent()).contains("Set-Cookie: SRV=b; path=/\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SRV=a; x=y | x=y
          x=y;SRV=a | x=y
          x=y; SRV=a; z=w | x=y; z=w
          SRV=a; SRV=b; x=y | x=y
          x=y; SRV=a; SRV=b | x=y
          x=y; SRV=a; z=w; SRV=b | x=y; z=w
          SRVX=a; XSRV=b; srv=c | SRVX=a; XSRV=b; srv=c
          SRV; x=y | SRV; x=y
          """)
  void onlyTheCookieIsHidden(String sent, String forwarded) {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a");
    scene.client().receive(get(sent));
    assertThat(scene.endpoint().sent()).isEqualTo(get(forwarded));
  }

  @Test
  void aHostileNumberOfCookiesIsHiddenToo() {
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a");
    scene.client().receive(get("SRV=a;b;".repeat(3_000)));
    assertThat(scene.endpoint().sent()).isEqualTo(get("b" + ";b".repeat(2_999) + ";"));
  }

  // ---- a learnt cookie

  @Test
  void theApplicationsCookieIsLearntAndPassedOn() {
    scene.persistence = new Persistence.LearntCookie("JSESSIONID");
    scene.endpoints("a", "b");
    FakeChannel first = scene.client();
    first.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    String response =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nSet-Cookie: other=1\r\n"
            + "Set-Cookie: JSESSIONID=abc; Path=/; HttpOnly\r\nContent-Length: 0\r\n\r\n";
    endpoint.receive(response);
    assertThat(first.sent()).isEqualTo(response.replace("Connection: close\r\n", ""));

    for (int i = 0; i < 4; i++) {
      FakeChannel client = scene.client();
      String cookies = "JSESSIONID=old; q=1; JSESSIONID=abc";
      client.receive(get(cookies));
      FakeChannel again = scene.endpoint();
      assertThat(address(again)).isEqualTo(address(endpoint));
      assertThat(again.sent()).isEqualTo(get(cookies));
    }
  }

  // ---- PROXY headers

  @Test
  void version1TellsTheClientOncePerConnectionAndKeepsItForThisClient() {
    scene.proxyProtocol = ProxyProtocol.V1;
    scene.headers =
        java.util.List.of(
            agrippa.proxy.plan.Frontend.HeaderInsert.X_FORWARDED_FOR,
            agrippa.proxy.plan.Frontend.HeaderInsert.X_FORWARDED_PROTO);
    scene.endpoints("a");
    String forwarded = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\n\r\n";
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent())
        .isEqualTo("PROXY TCP4 192.0.2.7 198.51.100.1 50000 8080\r\n" + forwarded);
    endpoint.receive(OK);

    client.receive(GET);
    assertThat(endpoint.sent()).isEqualTo(forwarded);
    endpoint.receive(OK);

    scene.client().receive(GET);
    assertThat(scene.endpoint().sent()).startsWith("PROXY TCP4 ");
    client.end();
    assertThat(endpoint.isOpen()).isFalse();
  }

  @Test
  void version2IsBinaryAndTellsOfTls() {
    scene.proxyProtocol = ProxyProtocol.V2;
    scene.endpoints("a");
    scene.client().receive(GET);
    assertThat(hex(scene.endpoint().sent()))
        .startsWith(
            "0d0a0d0a000d0a515549540a" + "2111000c" + "c0000207" + "c6336401" + "c350" + "1f90")
        .endsWith(hex(GET));

    FakeChannel overTls = scene.client();
    overTls.tls(new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, null, 0));
    overTls.receive(GET);
    assertThat(hex(scene.endpoint().sent()))
        .contains("2111001e" + "c0000207c6336401c3501f90" + "20000f" + "01" + "00000000" + "210007")
        .contains(hex("TLSv1.3"));
  }

  @Test
  void version2TellsMoreIfAsked() {
    scene.proxyProtocol = ProxyProtocol.V2;
    scene.tlsTold = true;
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.tls(new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", "a.test", "http/1.1", null, 0));
    client.receive(GET);
    assertThat(hex(scene.endpoint().sent()))
        .contains("2111004b" + "c0000207c6336401c3501f90" + "010008" + hex("http/1.1"))
        .contains("020006" + hex("a.test") + "200028" + "01" + "00000000" + "210007")
        .contains(hex("TLSv1.3") + "230016" + hex("TLS_AES_128_GCM_SHA256") + hex(GET));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(ISO_8859_1));
  }

  // ---- upgrades

  @Test
  void anUpgradeBecomesATunnelUntilBothSidesEnd() {
    FakeChannel client = scene.client();
    client.receive(
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent())
        .isEqualTo(
            "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");

    endpoint.receive(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nhello");
    client.receive("GET is not HTTP here\r\n\r\n");
    assertThat(endpoint.sent()).isEqualTo("GET is not HTTP here\r\n\r\n");
    scene.sessions.forEach(HttpSession::drain);
    endpoint.receiveAndEnd("bye");
    assertThat(client.sent()).isEqualTo("bye");
    assertThat(client.outputShut()).isTrue();
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.inFlight()).isEqualTo(1);

    client.end();
    assertThat(client.isOpen()).isFalse();
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void whatIsUpgradedMayHaveAnIdleTimeOfItsOwn() {
    scene.options = FrontendOptions.DEFAULT.withTunnelIdle(3_600_000L);
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
    scene.loop.advance(3_599_999);
    assertThat(client.isOpen()).isTrue();

    scene.loop.advance(1);
    assertThat(client.isOpen()).isFalse();
    assertThat(endpoint.isOpen()).isFalse();
  }

  @Test
  void anUpgradeThatIsDeclinedIsAnOrdinaryResponse() {
    FakeChannel client = scene.client();
    client.receive(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    scene
        .endpoint()
        .receive(
            "HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nok");
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void aSilentTunnelIsClosed() {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    scene.loop.advance(Scene.TIMEOUTS.clientIdle() - 1);
    endpoint.receive("ping");
    scene.loop.advance(Scene.TIMEOUTS.clientIdle() - 1);
    assertThat(client.isOpen()).isTrue();
    scene.loop.advance(1);
    assertThat(client.isOpen()).isFalse();
    assertThat(endpoint.isOpen()).isFalse();
  }
}
