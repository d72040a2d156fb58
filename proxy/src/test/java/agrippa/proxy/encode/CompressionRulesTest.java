package agrippa.proxy.encode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.http.HeadLimits;
import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionRulesTest {
  private static final List<String> TYPES = List.of("text/*", "application/json");

  private final HeadScanner scanner = new HeadScanner(HeadLimits.STANDARD);
  private final CompressionRules rules = rules(Coding.ZSTD, Coding.GZIP);

  private static CompressionRules rules(Coding... codings) {
    return CompressionRules.of(new Compression(List.of(codings), TYPES));
  }

  private static Buffer buffer(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    Buffer in = Buffer.allocate(bytes.length);
    in.put(0, bytes, 0, bytes.length);
    in.produced(bytes.length);
    return in;
  }

  private Coding accepted(CompressionRules by, String version, String fields) {
    Buffer in = buffer("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n");
    RequestHead head = new RequestHead(HeadLimits.STANDARD);
    assertThat(scanner.request(in, head)).isPositive();
    return by.accepted(in, head);
  }

  private Coding accepted(String value) {
    return accepted(rules, "1.1", "Accept-Encoding: " + value + "\r\n");
  }

  private boolean covers(String status, String... fields) {
    String head = "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    Buffer in = buffer(head);
    ResponseHead response = new ResponseHead(HeadLimits.STANDARD);
    assertThat(scanner.response(in, response, false)).isPositive();
    return rules.cover(in, response);
  }

  // ---- what clients accept: RFC 9110, section 12.5.3, its examples among them

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "compress, gzip                       | GZIP",
        "''                                   | -",
        "*                                    | ZSTD",
        "compress;q=0.5, gzip;q=1.0           | GZIP",
        "gzip;q=1.0, identity; q=0.5, *;q=0   | GZIP",
        "gzip, deflate, br, zstd              | ZSTD",
        "gzip, zstd;q=0.9                     | GZIP",
        "gzip;q=0.8, zstd;q=0.8               | ZSTD",
        "GZip                                 | GZIP",
        "gzip;q=0                             | -",
        "gzip;q=0.000, zstd;q=0               | -",
        "gzip;q=0, *                          | ZSTD",
        "zstd;q=0, *;q=0.1                    | GZIP",
        "*;q=0                                | -",
        "*;q=0, gzip                          | GZIP",
        "identity                             | -",
        "identity;q=1, gzip;q=0.5             | -",
        "identity;q=0.5, gzip;q=0.5           | GZIP",
        "identity, gzip                       | GZIP",
        "identity;q=0                         | -",
        "identity;q=0, *                      | ZSTD",
        "deflate, br                          | -",
        "gzip;q=0.001                         | GZIP",
        "gzip ; q=0.5 , zstd ; Q=0.4          | GZIP",
        "gzip;level=9;q=0, zstd;x;q=0.1       | ZSTD",
        "gzip;q=2                             | -",
        "gzip;q=1.001                         | -",
        "gzip;q=-1                            | -",
        "gzip;q=0.1234                        | -",
        "gzip;q=.5                            | -",
        "gzip;q=                              | -",
        "gzip;q=1.                            | GZIP",
        "gzip;q=0.5x                          | -",
        "gzip;                                | GZIP",
        "gzip;;;                              | GZIP",
        ",,gzip,,                             | GZIP",
        "gzip gzip                            | -",
        "xgzip, gzipx                         | -",
        "gzip;q=0, gzip                       | -",
      })
  void theBestOfWhatIsAccepted(String value, Coding wanted) {
    assertThat(accepted(value)).isEqualTo(wanted);
  }

  @Test
  void fieldsCountTogether() {
    assertThat(accepted(rules, "1.1", "Accept-Encoding: br\r\nAccept-Encoding: gzip;q=0.1\r\n"))
        .isEqualTo(Coding.GZIP);
    assertThat(accepted(rules, "1.1", "Accept-Encoding: gzip\r\naccept-ENCODING: zstd;q=0\r\n"))
        .isEqualTo(Coding.GZIP);
  }

  @Test
  void whoSaysNothingIsSentNothing() {
    assertThat(accepted(rules, "1.1", "Accept: gzip\r\n")).isNull();
  }

  @Test
  void whoKnowsNoChunksIsSentNothing() {
    assertThat(accepted(rules, "1.0", "Accept-Encoding: gzip\r\n")).isNull();
  }

  @Test
  void theFirstOfferedIsPreferred() {
    String both = "Accept-Encoding: gzip, zstd\r\n";
    assertThat(accepted(rules(Coding.GZIP, Coding.ZSTD), "1.1", both)).isEqualTo(Coding.GZIP);
    assertThat(accepted(rules(Coding.ZSTD, Coding.GZIP), "1.1", both)).isEqualTo(Coding.ZSTD);
    assertThat(accepted(rules(Coding.GZIP), "1.1", both)).isEqualTo(Coding.GZIP);
    assertThat(accepted(rules(Coding.ZSTD), "1.1", "Accept-Encoding: gzip\r\n")).isNull();
  }

  @Test
  void nothingOfferedIsNothingToDo() {
    assertThat(CompressionRules.of(Compression.NONE)).isNull();
  }

  // ---- which responses

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "text/plain; charset=utf-8",
        "TEXT/css",
        "text/event-stream",
        "application/json",
        "application/json;x=y",
        "Application/JSON ; x=y"
      })
  void listedTypes(String type) {
    assertThat(covers("200 OK", "Content-Type: " + type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "image/png",
        "application/jsonp",
        "application/jso",
        "text",
        "xtext/html",
        "application/grpc",
        "application/grpc+proto",
        "application/grpc-web"
      })
  void otherTypes(String type) {
    assertThat(covers("200 OK", "Content-Type: " + type)).isFalse();
  }

  @Test
  void grpcIsLeftAloneEvenIfListed() {
    CompressionRules all =
        CompressionRules.of(new Compression(List.of(Coding.GZIP), List.of("application/*")));
    for (String type : List.of("application/grpc", "application/x")) {
      Buffer in = buffer("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n");
      ResponseHead head = new ResponseHead(HeadLimits.STANDARD);
      assertThat(scanner.response(in, head, false)).isPositive();
      assertThat(all.cover(in, head)).as(type).isEqualTo(type.endsWith("x"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "199, false",
    "200, true",
    "201, true",
    "203, true",
    "204, false",
    "205, false",
    "206, false",
    "301, false",
    "304, false",
    "404, false",
    "500, false"
  })
  void statuses(String status, boolean wanted) {
    assertThat(covers(status + " x", "Content-Type: text/html")).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 0                          | false",
        "Content-Length: 255                        | false",
        "Content-Length: 256                        | true",
        "Transfer-Encoding: chunked                 | true",
        "Content-Encoding: br                       | false",
        "Content-Encoding: identity                 | false",
        "Content-Range: bytes 0-1/2                 | false",
        "Trailer: X                                 | false",
        "Cache-Control: no-transform                | false",
        "Cache-Control: public, No-Transform        | false",
        "Cache-Control: public, max-age=9           | true",
        "Cache-Control: no-transformation           | true",
      })
  void otherFields(String field, boolean wanted) {
    assertThat(covers("200 OK", "Content-Type: text/html", field)).isEqualTo(wanted);
  }

  @Test
  void noTypeIsNoText() {
    assertThat(covers("200 OK", "Content-Length: 9999")).isFalse();
  }
}
