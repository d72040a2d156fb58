package agrippa.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers of a request and what its links begin with, and whom it is from.
class BaseUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "host: h:1 | http://h:1",
        "host: [::1]:1 | http://[::1]:1",
        "host: h\"><i> | http://own:9",
        "nothing: x | http://own:9",
        "host: h:1; x-forwarded-proto: https; x-forwarded-host: lb.example.org"
            + " | https://lb.example.org",
        "host: h:1; x-forwarded-proto: HTTPS, http; x-forwarded-host: first.org, second.org"
            + " | https://first.org",
        "host: h:1; x-forwarded-prefix: /cloud/lb | http://h:1/cloud/lb",
        "host: h:1; x-forwarded-port: 8443 | http://h:8443",
        "host: h:1; x-forwarded-port: 443; x-forwarded-proto: https | https://h",
        "host: h:1; x-forwarded-port: 443; x-forwarded-host: lb:80 | http://lb:80",
        "host: h:1; x-forwarded-port: 8443; x-forwarded-host: lb | http://lb:8443",
        "host: h:1; x-forwarded-port: 99999999 | http://h:1",
        "host: h:1; x-forwarded-proto: javascript; x-forwarded-host: evil\"/><script> | http://h:1",
        "host: h:1; x-forwarded-host: user@evil.org | http://h:1",
        "host: h:1; x-forwarded-host: evil.org/path | http://h:1",
        "host: h:1; x-forwarded-prefix: //evil | http://h:1",
        "host: h:1; x-forwarded-prefix: /../x?y | http://h:1",
        "host: h:1; forwarded: for=1.2.3.4~proto=https~host=\"lb.org:8443\", host=inner"
            + " | https://lb.org:8443",
        "host: h:1; forwarded: host=lb.org; x-forwarded-proto: https | http://lb.org",
        "host: h:1; forwarded: host=\"e\\vil.org\" | http://evil.org",
        "host: h:1; forwarded: host=\"<x>\" | http://h:1",
        "host: h:1; forwarded: host=lb.org garbage | http://h:1",
        "host: h:1; forwarded: host=\"unfinished | http://h:1",
      })
  void linksBegin(String headers, String expected) {
    Map<String, List<String>> given = headers(headers);
    assertThat(BaseUrl.of(given, "http", "own:9", Forwarded.of(given))).isEqualTo(expected);
  }

  @Test
  void withoutProxyTheServersOwnSchemeCounts() {
    assertThat(BaseUrl.of(headers("host: h"), "https", "own:9", Forwarded.NOTHING))
        .isEqualTo("https://h");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "x-forwarded-for: 6.6.6.6, 192.0.2.7 | 192.0.2.7",
        "x-forwarded-for: 2001:db8::1 | 2001:db8:0:0:0:0:0:1",
        "x-forwarded-for: 192.0.2.7:4711 | 192.0.2.7",
        "forwarded: for=6.6.6.6, for=\"[2001:db8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
        "forwarded: for=192.0.2.7~proto=http; x-forwarded-for: 6.6.6.6 | 192.0.2.7",
      })
  void theClientIsWhomTheNearestProxySaw(String headers, String expected) {
    assertThat(Forwarded.of(headers(headers)).client()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-forwarded-for: unknown",
        "x-forwarded-for: localhost",
        "forwarded: for=_hidden",
        "forwarded: for=\"1.2.3.4",
        "x-forwarded-for: 1.2.3.4,",
        "x-forwarded-for: 1.2.3.4, <b>"
      })
  void whatIsNoAddressIsNobody(String headers) {
    assertThat(Forwarded.of(headers(headers)).client()).isEmpty();
  }

  @Test
  void aHugeListSaysNothing() {
    String many = "for=1.2.3.4, ".repeat(10_000) + "for=1.2.3.4";
    assertThat(Forwarded.of(Map.of("forwarded", List.of(many)))).isEqualTo(Forwarded.NOTHING);
    String escapes = "host=\"" + "\\a".repeat(15_000) + "\"";
    assertThat(Forwarded.of(Map.of("forwarded", List.of(escapes)))).isEqualTo(Forwarded.NOTHING);
  }

  /// `name: value; name: value`, with `~` for a semicolon in a value.
  private static Map<String, List<String>> headers(String text) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String line : text.split("; ")) {
      String[] pair = line.split(": ", 2);
      headers.put(pair[0], List.of(pair[1].replace('~', ';')));
    }
    return headers;
  }
}
