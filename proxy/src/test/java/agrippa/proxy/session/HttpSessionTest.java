package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What goes in and out of a session, byte for byte, without a socket.
class HttpSessionTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Scene scene = new Scene();

  @Test
  void oneRequestAndItsResponse() {
    FakeChannel client = scene.client();

    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo(GET);

    endpoint.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void theNextRequestOfAnybodyReusesTheConnection() {
    scene.endpoints("a");
    FakeChannel first = scene.client();
    first.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);
    FakeChannel second = scene.client();
    endpoint.sent();

    second.receive(GET);

    assertThat(scene.loop.connects()).isFalse();
    assertThat(endpoint.sent()).isEqualTo(GET);
    endpoint.receive(OK);
    assertThat(second.sent()).isEqualTo(OK);
  }

  @Test
  void aWholeExchangeReadsOncePerMessage() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);
    int clientReads = client.reads();
    int endpointReads = endpoint.reads();

    client.receive(GET);
    endpoint.receive(OK);

    assertThat(client.reads() - clientReads).isEqualTo(1);
    assertThat(endpoint.reads() - endpointReads).isEqualTo(1);
  }
}
