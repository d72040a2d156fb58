package agrippa.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkScannerTest {
  private static final HeadLimits LIMITS = new HeadLimits(100, 100, 10, 16, 32);

  private final ChunkScanner scanner = new ChunkScanner(LIMITS);
  private final Buffer in = Buffer.allocate(4_096);

  private int load(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    in.put(0, bytes, 0, bytes.length);
    in.window(0, bytes.length);
    return bytes.length;
  }

  @Test
  void theBodyEndsWhereItsTrailersEnd() {
    String body = "5\r\nhello\r\n0A;a=\"b\"\r\n0123456789\r\n000\r\nT: v\r\n\r\n";
    int end = load(body + "GET");
    assertThat(scanner.scan(in, 0, end)).isEqualTo(body.length());
    assertThat(scanner.done()).isTrue();
  }

  @Test
  void dataIsMovedTogetherHoweverItIsCut() {
    String body = "5\r\nhello\r\nB\r\n wide world\r\n0\r\nT: v\r\n\r\n";
    for (int cut = 0; cut <= body.length(); cut++) {
      scanner.reset();
      int end = load(body.substring(0, cut));
      String data = Ascii.text(in, 0, scanner.unwrap(in, 0, end));
      end = load(body.substring(cut));
      data += Ascii.text(in, 0, scanner.unwrap(in, 0, end));
      assertThat(data).as("cut at %d", cut).isEqualTo("hello wide world");
      assertThat(scanner.done()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5;0123456789abcdef\r\n",
        "0\r\nT: 0123456789abcdef0123456789abcdef\r\n\r\n",
        "0\r\nA: 0123456789\r\nB: 0123456789\r\nC: 0123456789\r\n\r\n",
        "1234567890abcdef\r\n",
        "0000000000000001\r\n",
        "5;a\u0000\r\n",
      })
  void whatIsTooMuchIsBad(String body) {
    scanner.scan(in, 0, load(body));
    assertThat(scanner.bad()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "TRANSFER-ENCODING", "host", "te", "Set-Cookie"})
  void aTrailerThatIsTooLateIsBadHoweverItIsCut(String name) {
    String body = "0\r\nA: b\r\n" + name + ": 5\r\n\r\n";
    for (int cut = 0; cut <= body.length(); cut++) {
      scanner.reset();
      scanner.scan(in, 0, load(body.substring(0, cut)));
      scanner.scan(in, 0, load(body.substring(cut)));
      assertThat(scanner.bad()).as("cut at %d", cut).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Lengt", "X-Transfer-Encoding", "Transfer-Encoding-", "h", "teA"})
  void aTrailerOfAnotherNameIsGood(String name) {
    String body = "0\r\n" + name + ": 5\r\n\r\n";
    assertThat(scanner.scan(in, 0, load(body))).isEqualTo(body.length());
    assertThat(scanner.done()).isTrue();
  }

  @Test
  void theLargestSizeIsFollowed() {
    assertThat(scanner.scan(in, 0, load("fffffffffffffff\r\nx"))).isEqualTo(18);
    assertThat(scanner.bad()).isFalse();
    assertThat(scanner.done()).isFalse();
  }
}
