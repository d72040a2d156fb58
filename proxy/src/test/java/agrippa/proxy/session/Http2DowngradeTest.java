package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What HTTP/2 can say and HTTP/1.1 cannot must never reach an endpoint: requests that would turn
/// into two, into others, or into what somebody else reads differently.
class Http2DowngradeTest {
  private final Scene scene = new Scene();
  private final FakeChannel client = scene.client();

  /// A request of fields that are written `name=value`, one behind the other, with `;` between; `~`
  /// stands for the pseudo-fields of a good GET.
  private static String[] fields(String text) {
    String all =
        text.replace("~", ":method=GET;:scheme=http;:path=/;:authority=a").translateEscapes();
    List<String> fields = new ArrayList<>();
    for (String field : all.split(";")) {
      int equals = field.indexOf('=');
      fields.add(field.substring(0, equals));
      fields.add(field.substring(equals + 1));
    }
    return fields.toArray(String[]::new);
  }

  private List<String> sent() {
    return Frames.read(client.sent());
  }

  private void greet() {
    client.receive(Frames.greeting());
    assertThat(sent()).containsExactly("SETTINGS", "WINDOW_UPDATE 0 458753", "SETTINGS ack");
  }

  private static byte[] headers(int stream, int flags, String... fields) {
    return Frames.of(Frames.HEADERS, flags | Frames.END_HEADERS, stream, Frames.block(fields));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CR LF in a value | ~;x=a\\r\\nHost: b
          CR LF CR LF in a value | ~;x=a\\r\\n\\r\\nGET /evil HTTP/1.1\\r\\nHost: b
          LF in a value | ~;x=a\\nb: c
          CR in a value | ~;x=a\\rb
          NUL in a value | ~;x=a\\0b
          DEL in a value | ~;x=a\\177b
          blank before a value | ~;x= a
          blank behind a value | ~;x=a\\040
          tab before a value | ~;x=\\ta
          CR LF in a name | ~;x\\r\\ny=a
          colon in a name | ~;x:y=a
          colon and blank in a name | ~;x: y=a
          blank in a name | ~;x y=a
          blank behind a name | ~;host =a
          NUL in a name | ~;x\\0=a
          upper case in a name | ~;Xy=a
          upper case in content-length | ~;Content-Length=5
          beyond ASCII in a name | ~;x\\377=a
          transfer-encoding | ~;transfer-encoding=chunked
          transfer-encoding identity | ~;transfer-encoding=identity
          upper case Transfer-Encoding | ~;Transfer-Encoding=chunked
          transfer-encoding with a line | ~;transfer-encoding\\r\\n=chunked
          connection | ~;connection=close
          connection that names | ~;connection=content-length
          keep-alive | ~;keep-alive=timeout=5
          proxy-connection | ~;proxy-connection=keep-alive
          upgrade | ~;upgrade=h2c
          te of a coding | ~;te=gzip
          te of trailers and a coding | ~;te=trailers, chunked
          method with a blank | :method=GET /evil HTTP/1.1;:scheme=http;:path=/;:authority=a
          method with lines | :method=GET / HTTP/1.1\\r\\nx: y\\r\\n\\r\\nGET;:scheme=http;:path=/;:authority=a
          empty method | :method=;:scheme=http;:path=/;:authority=a
          CONNECT | :method=CONNECT;:authority=a:443
          CONNECT with a path | :method=CONNECT;:scheme=http;:path=/;:authority=a
          extended CONNECT | :method=CONNECT;:protocol=websocket;:scheme=http;:path=/;:authority=a
          path with a version | :method=GET;:scheme=http;:path=/ HTTP/1.1;:authority=a
          path with lines | :method=GET;:scheme=http;:path=/ HTTP/1.1\\r\\nHost: b\\r\\n\\r\\nGET /;:authority=a
          path with a tab | :method=GET;:scheme=http;:path=/\\ta;:authority=a
          path with a fragment | :method=GET;:scheme=http;:path=/#a;:authority=a
          path beyond ASCII | :method=GET;:scheme=http;:path=/\\377;:authority=a
          empty path | :method=GET;:scheme=http;:path=;:authority=a
          relative path | :method=GET;:scheme=http;:path=evil;:authority=a
          absolute path | :method=GET;:scheme=http;:path=http://b/;:authority=a
          no path | :method=GET;:scheme=http;:authority=a
          two paths | :method=GET;:scheme=http;:path=/;:path=/evil;:authority=a
          no method | :scheme=http;:path=/;:authority=a
          two methods | :method=GET;:method=POST;:scheme=http;:path=/;:authority=a
          no scheme | :method=GET;:path=/;:authority=a
          two schemes | :method=GET;:scheme=http;:scheme=https;:path=/;:authority=a
          scheme with a line | :method=GET;:scheme=http\\r\\nx;:path=/;:authority=a
          scheme of an address | :method=GET;:scheme=http://b/?;:path=/;:authority=a
          two authorities | :method=GET;:scheme=http;:path=/;:authority=a;:authority=b
          empty authority | :method=GET;:scheme=http;:path=/;:authority=
          authority with lines | :method=GET;:scheme=http;:path=/;:authority=a\\r\\nx: y
          authority with a user | :method=GET;:scheme=http;:path=/;:authority=u@a
          authority with a path | :method=GET;:scheme=http;:path=/;:authority=a/b
          authority with a blank | :method=GET;:scheme=http;:path=/;:authority=a b
          authority with a comma | :method=GET;:scheme=http;:path=/;:authority=a,b
          another host | ~;host=b
          two hosts | ~;host=a;host=a
          two hosts without authority | :method=GET;:scheme=http;:path=/;host=a;host=b
          host with lines | :method=GET;:scheme=http;:path=/;host=a\\r\\nx: y
          pseudo-field behind others | ~;x=y;:path=/evil
          late authority | :method=GET;:scheme=http;:path=/;x=y;:authority=a
          unknown pseudo-field | ~;:evil=x
          status in a request | ~;:status=200
          empty name | ~;=x
          length of no body | ~;content-length=5
          two lengths | ~;content-length=0;content-length=5
          signed length | ~;content-length=+0
          list of lengths | ~;content-length=0, 0
          hexadecimal length | ~;content-length=0x0
          empty length | ~;content-length=
          overflowing length | ~;content-length=18446744073709551616
          """)
  void isReset(String name, String request) {
    greet();
    client.receive(headers(1, Frames.END_STREAM, fields(request)));
    assertThat(sent()).containsExactly("RST_STREAM 1 PROTOCOL_ERROR");
    assertThat(scene.loop.connects()).isFalse();
    assertThat(scene.counters().requestErrors()).isEqualTo(1);
    // The connection goes on.
    client.receive(headers(3, Frames.END_STREAM, fields("~")));
    assertThat(scene.endpoint().sent()).startsWith("GET / HTTP/1.1\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          more than it says | 3 | hello
          less than it says | 9 | hello
          anything behind nothing | 0 | hello
          """)
  void lengthsThatLieAreReset(String name, int length, String body) {
    greet();
    client.receive(
        Frames.joined(
            headers(1, 0, fields("~;content-length=" + length)),
            Frames.of(Frames.DATA, Frames.END_STREAM, 1, body.getBytes())));
    assertThat(sent()).containsExactly("RST_STREAM 1 PROTOCOL_ERROR");
    while (scene.loop.connects()) {
      // Whoever is connected to already sees no whole request.
      FakeChannel endpoint = scene.loop.connecting();
      assertThat(endpoint.isOpen()).isFalse();
      assertThat(endpoint.sent()).isEmpty();
    }
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void framesBodiesItself() {
    greet();
    client.receive(headers(1, 0, fields("~;cookie=a=b;cookie=c=d;te=trailers;x=y")));
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent())
        .isEqualTo(
            "GET / HTTP/1.1\r\nhost: a\r\nx: y\r\ncookie: a=b; c=d\r\n"
                + "transfer-encoding: chunked\r\n\r\n");
    client.receive(Frames.of(Frames.DATA, 0, 1, "hello".getBytes()));
    assertThat(endpoint.sent()).isEqualTo("5\r\nhello\r\n");
    client.receive(Frames.of(Frames.DATA, 0, 1, "0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n".getBytes()));
    assertThat(endpoint.sent()).isEqualTo("1b\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n\r\n");
    client.receive(
        headers(1, Frames.END_STREAM, "grpc-status", "0", "content-length", "7", "host", "b"));
    assertThat(endpoint.sent()).isEqualTo("0\r\ngrpc-status: 0\r\n\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pseudo-field | :path | /evil
          transfer-encoding | transfer-encoding | chunked
          CR LF | x | a\\r\\n\\r\\nGET /evil HTTP/1.1
          upper case | X | a
          """)
  void trailersThatWouldBeReadOtherwiseAreReset(String what, String name, String value) {
    greet();
    client.receive(headers(1, 0, fields("~")));
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).endsWith("chunked\r\n\r\n");
    client.receive(headers(1, Frames.END_STREAM, name, value.translateEscapes()));
    assertThat(sent()).containsExactly("RST_STREAM 1 PROTOCOL_ERROR");
    assertThat(endpoint.sent()).isEmpty();
    assertThat(endpoint.isOpen()).isFalse();
  }

  @Test
  void answersLoseWhatBelongsToOneConnection() {
    greet();
    client.receive(headers(1, Frames.END_STREAM, fields("~")));
    scene
        .endpoint()
        .receive(
            "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                + "Transfer-Encoding: chunked\r\nX-Kept: 2\r\n\r\n"
                + "5\r\nhello\r\n0\r\nChecksum: 9\r\n\r\n");
    String sent = client.sent();
    assertThat(Frames.read(sent)).containsExactly("HEADERS 1", "DATA 1 5", "HEADERS 1 end");
    assertThat(sent)
        .contains("x-kept\0012")
        .contains("checksum\0019")
        .doesNotContain("x-hop")
        .doesNotContain("keep-alive")
        .doesNotContain("chunked");
  }
}
