package agrippa.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadScannerTest {
  private final HeadScanner scanner = new HeadScanner(HeadLimits.STANDARD);
  private final RequestHead request = new RequestHead(HeadLimits.STANDARD);
  private final ResponseHead response = new ResponseHead(HeadLimits.STANDARD);
  private final Buffer in = Buffer.allocate(4_096);

  private int request(String text) {
    load(text);
    return scanner.request(in, request);
  }

  private int response(String text) {
    load(text);
    return scanner.response(in, response, false);
  }

  private void load(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    in.put(7, bytes, 0, bytes.length);
    in.window(7, 7 + bytes.length);
  }

  /// Eight bytes are looked at together: each value must count at each place among them.
  @Test
  void everyByteOfAValueCounts() {
    for (int c = 0; c < 256; c++) {
      boolean valid = c == '\t' || (c >= 0x20 && c != 0x7f);
      for (int place = 0; place < 19; place++) {
        String value = "v".repeat(place) + (char) c + "v".repeat(18 - place);
        int end = request("GET / HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n");
        assertThat(end > 0).as("%02x at %d", c, place).isEqualTo(valid);
        assertThat(response("HTTP/1.1 200 " + value + "\r\n\r\n") > 0)
            .as("%02x at %d of a reason", c, place)
            .isEqualTo(valid);
      }
    }
  }

  @Test
  void everyByteOfATargetCounts() {
    for (int c = 0; c < 256; c++) {
      boolean valid = c > 0x20 && c < 0x7f && c != '#';
      for (int place = 0; place < 19; place++) {
        String target = "/" + "t".repeat(place) + (char) c + "t".repeat(18 - place);
        int end = request("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(end > 0).as("%02x at %d", c, place).isEqualTo(valid);
      }
    }
  }

  @Test
  void everyByteOfANameCounts() {
    for (int c = 0; c < 256; c++) {
      // A colon ends the name.
      boolean valid =
          "!#$%&'*+-.^_`|~:".indexOf(c) >= 0 || (c < 128 && Character.isLetterOrDigit(c));
      int end = request("GET / HTTP/1.1\r\nHost: a\r\nX" + (char) c + "Y: v\r\n\r\n");
      assertThat(end > 0).as("%02x", c).isEqualTo(valid);
    }
  }

  @Test
  void positionsAreThoseOfTheBuffer() {
    int end =
        request(
            "\r\nPUT http://h:8/p/q?r HTTP/1.0\r\nA:\t b c \t\r\nHost: h:8\r\nContent-Length: 007\r\n\r\nxy");
    assertThat(Ascii.text(in, request.start(), request.methodEnd())).isEqualTo("PUT");
    assertThat(Ascii.text(in, request.target(), request.targetEnd())).isEqualTo("http://h:8/p/q?r");
    assertThat(Ascii.text(in, request.path(), request.pathEnd())).isEqualTo("/p/q");
    assertThat(request.absolute()).isTrue();
    assertThat(request.http11()).isFalse();
    assertThat(request.keepAlive()).isFalse();
    assertThat(request.host()).isEqualTo(1);
    assertThat(request.length()).isEqualTo(7);
    assertThat(request.fields().count()).isEqualTo(3);
    assertThat(Ascii.text(in, request.fields().value(0), request.fields().valueEnd(0)))
        .isEqualTo("b c");
    assertThat(Ascii.text(in, end, in.end())).isEqualTo("xy");
  }

  @Test
  void whomAnAbsoluteTargetMeansIsSaidByHostToo() {
    assertThat(request("GET http://h/ HTTP/1.0\r\n\r\n")).isEqualTo(HeadScanner.BAD);
    assertThat(request("GET / HTTP/1.0\r\n\r\n")).isPositive();
  }

  /// So that a head near the limit fares the same whether it comes at once or in pieces.
  @Test
  void emptyLinesInFrontCountAsPartOfTheHead() {
    HeadScanner small = new HeadScanner(new HeadLimits(28, 28, 4, 28, 28));
    String head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assertThat(head).hasSize(27);
    load(head);
    assertThat(small.request(in, request)).isPositive();
    load("\r\n" + head);
    assertThat(small.request(in, request)).isEqualTo(HeadScanner.TOO_LARGE);
    in.window(in.start(), in.start() + 28);
    assertThat(small.request(in, request)).isEqualTo(HeadScanner.TOO_LARGE);
  }

  @Test
  void nothingIsRememberedFromTheHeadBefore() {
    request(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close, upgrade, x\r\n\r\n");
    assertThat(request.length()).isEqualTo(5);
    request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(request.length()).isEqualTo(-1);
    assertThat(request.keepAlive()).isTrue();
    assertThat(request.saysUpgrade()).isFalse();
    assertThat(request.nominates()).isFalse();
    assertThat(request.expectsContinue()).isFalse();
    assertThat(request.fields().count()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: %s\r\n",
        "Connection: x\r\nConnection: %s\r\n",
        "Connection: %s\r\nConnection: close\r\n"
      })
  void aHostileNumberOfNominationsIsTooLarge(String lines) {
    String head = "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
    assertThat(request(head.formatted("a,".repeat(500)))).isPositive();
    assertThat(request(head.formatted("a,".repeat(513)))).isEqualTo(HeadScanner.TOO_LARGE);
    assertThat(request(head.formatted("a" + " ".repeat(1_024) + ",b")))
        .isEqualTo(HeadScanner.TOO_LARGE);
  }

  @Test
  void responsesTellTheirFraming() {
    assertThat(response("HTTP/1.1 200\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n"))
        .isPositive();
    assertThat(response.length()).isEqualTo(3);
    assertThat(response("HTTP/1.0 200 OK\r\n\r\n")).isPositive();
    assertThat(response.untilClose()).isTrue();
    assertThat(response("HTTP/1.1 304 Not Modified\r\n\r\n")).isPositive();
    assertThat(response.bodiless()).isTrue();
    assertThat(response("HTTP/1.1 103 Early Hints\r\n\r\n")).isPositive();
    assertThat(response.interim()).isTrue();
    assertThat(response("HTTP/1.1 101 Switching Protocols\r\n\r\n")).isPositive();
    assertThat(response.interim()).isFalse();
    assertThat(response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")).isEqualTo(-502);
    assertThat(response("HTTP/1.1 2x0 OK\r\n\r\n")).isEqualTo(-502);
    assertThat(response("HTTP/1.1 200 OK\r\nX")).isZero();
  }
}
