package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/// The public catalogue of requests that two programs read differently: none reaches an endpoint.
/// In the tables `\r`, `\n`, `\t` and `\0` stand for the bytes, `~` for the usual rest of the
/// request: `Host: a\r\n`.
class SmugglingTest {
  private final Scene scene = new Scene();

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "/smuggling/refused.txt", delimiter = '|', quoteCharacter = '\'')
  void isRefusedAndNeverForwarded(String name, int status, String request) {
    FakeChannel client = scene.client();

    client.receive(bytes(request));

    assertThat(client.sent())
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("\r\nConnection: close\r\n")
        .endsWith("</html>\n");
    assertThat(client.outputShut()).isTrue();
    assertThat(scene.loop.connects()).isFalse();
    assertThat(scene.counters().requestErrors()).isEqualTo(1);

    client.end();
    assertThat(client.isOpen()).isFalse();
    assertThat(scene.ended).isEqualTo(1);
    assertThat(scene.inFlight()).isZero();
  }

  /// The first part of a body was sent already when the framing turns out to be wrong: the endpoint
  /// must not take it for whole.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bad size | x\\r\\n
          bad end of data | 1\\r\\nab
          bad trailer | 0\\r\\n: x\\r\\n\\r\\n
          """)
  void aBodyThatTurnsBadBreaksBothConnections(String name, String rest) {
    FakeChannel client = scene.client();
    client.receive(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    FakeChannel endpoint = scene.endpoint();

    client.receive(bytes(rest));

    assertThat(endpoint.isOpen()).isFalse();
    assertThat(endpoint.sent()).endsWith("5\r\nhello\r\n");
    assertThat(client.sent()).startsWith("HTTP/1.1 400 ");
    assertThat(scene.counters().requestErrors()).isEqualTo(1);
    assertThat(scene.inFlight()).isZero();
  }

  private static String bytes(String cell) {
    return cell.replace("~", "Host: a\\r\\n").translateEscapes();
  }
}
