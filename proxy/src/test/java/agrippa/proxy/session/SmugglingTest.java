package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The public catalogue of requests that two programs read differently: none reaches an endpoint.
/// In the table `\r`, `\n`, `\t` and `\0` stand for the bytes, `~` for the usual rest of the
/// request: `Host: a\r\n`.
class SmugglingTest {
  private final Scene scene = new Scene();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CL.TE | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 6\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nG
          TE.CL | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\nContent-Length: 4\\r\\n\\r\\n5c\\r\\nGPOST / HTTP/1.1
          two lengths | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 5\\r\\nContent-Length: 6\\r\\n\\r\\nhello!
          list of lengths | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 5, 6\\r\\n\\r\\nhello!
          list of one length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 5, 5\\r\\n\\r\\nhello
          signed length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: +5\\r\\n\\r\\nhello
          negative length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: -5\\r\\n\\r\\nhello
          hexadecimal length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 0x5\\r\\n\\r\\nhello
          length with a blank | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 1 5\\r\\n\\r\\nhello
          length with a point | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 5.0\\r\\n\\r\\nhello
          empty length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: \\r\\n\\r\\nhello
          overflowing length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: 18446744073709551621\\r\\n\\r\\nhello
          length of no number | 400 | POST / HTTP/1.1\\r\\n~Content-Length: five\\r\\n\\r\\nhello
          quoted length | 400 | POST / HTTP/1.1\\r\\n~Content-Length: "5"\\r\\n\\r\\nhello
          TE of another coding | 501 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: gzip\\r\\n\\r\\n
          TE identity | 501 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: identity\\r\\n\\r\\n
          TE xchunked | 501 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: xchunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE with a list | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: gzip, chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE chunked not last | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked, identity\\r\\n\\r\\n0\\r\\n\\r\\n
          TE with a comma in front | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: ,chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE with a comma behind | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked,\\r\\n\\r\\n0\\r\\n\\r\\n
          TE with a parameter | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked;a=b\\r\\n\\r\\n0\\r\\n\\r\\n
          TE quoted | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: "chunked"\\r\\n\\r\\n0\\r\\n\\r\\n
          TE with vertical tab | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: \\013chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE with form feed | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\f\\r\\n\\r\\n0\\r\\n\\r\\n
          TE empty | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding:\\r\\n\\r\\n
          TE twice | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE twice with another | 501 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: cow\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE blank before colon | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding : chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE tab before colon | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding\\t: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE behind a blank | 400 | POST / HTTP/1.1\\r\\n~ Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE folded | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding:\\r\\n chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE behind a bare LF | 400 | POST / HTTP/1.1\\r\\n~X: y\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE behind a bare CR | 400 | POST / HTTP/1.1\\r\\n~X: y\\rTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          TE in HTTP/1.0 | 400 | POST / HTTP/1.0\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          folded length | 400 | POST / HTTP/1.1\\r\\n~Content-Length:\\r\\n\\t5\\r\\n\\r\\nhello
          length blank before colon | 400 | POST / HTTP/1.1\\r\\n~Content-Length : 5\\r\\n\\r\\nhello
          NUL in a value | 400 | GET / HTTP/1.1\\r\\n~X: a\\0b\\r\\n\\r\\n
          NUL in a name | 400 | GET / HTTP/1.1\\r\\n~X\\0Y: b\\r\\n\\r\\n
          DEL in a value | 400 | GET / HTTP/1.1\\r\\n~X: a\\177b\\r\\n\\r\\n
          empty name | 400 | GET / HTTP/1.1\\r\\n~: b\\r\\n\\r\\n
          no colon | 400 | GET / HTTP/1.1\\r\\n~nothing\\r\\n\\r\\n
          name beyond ASCII | 400 | GET / HTTP/1.1\\r\\n~\\351: b\\r\\n\\r\\n
          bare LF throughout | 400 | GET / HTTP/1.1\\nHost: a\\n\\n
          bare LF ends the head | 400 | GET / HTTP/1.1\\r\\n~\\n
          bare CR ends the head | 400 | GET / HTTP/1.1\\r\\n~\\rX
          CR CR LF | 400 | GET / HTTP/1.1\\r\\r\\n~\\r\\n
          no host | 400 | GET / HTTP/1.1\\r\\nX: y\\r\\n\\r\\n
          two hosts | 400 | GET / HTTP/1.1\\r\\n~Host: b\\r\\n\\r\\n
          two equal hosts | 400 | GET / HTTP/1.1\\r\\n~Host: a\\r\\n\\r\\n
          two hosts in HTTP/1.0 | 400 | GET / HTTP/1.0\\r\\n~Host: b\\r\\n\\r\\n
          two hosts in one field | 400 | GET / HTTP/1.1\\r\\nHost: a, b\\r\\n\\r\\n
          host with a path | 400 | GET / HTTP/1.1\\r\\nHost: a/b\\r\\n\\r\\n
          host with a user | 400 | GET / HTTP/1.1\\r\\nHost: a@b\\r\\n\\r\\n
          host of another than the target | 400 | GET http://b/ HTTP/1.1\\r\\n~\\r\\n
          target with a user | 400 | GET http://a@b/ HTTP/1.1\\r\\n~\\r\\n
          target of another scheme | 400 | GET ftp://a/ HTTP/1.1\\r\\n~\\r\\n
          target of an authority | 400 | GET a:80 HTTP/1.1\\r\\n~\\r\\n
          target without authority | 400 | GET http:/// HTTP/1.1\\r\\n~\\r\\n
          target without slash | 400 | GET x HTTP/1.1\\r\\n~\\r\\n
          target with fragment | 400 | GET /x#y HTTP/1.1\\r\\n~\\r\\n
          target with control | 400 | GET /x\\001y HTTP/1.1\\r\\n~\\r\\n
          target with tab | 400 | GET /x\\ty HTTP/1.1\\r\\n~\\r\\n
          target beyond ASCII | 400 | GET /\\351 HTTP/1.1\\r\\n~\\r\\n
          asterisk for GET | 400 | GET * HTTP/1.1\\r\\n~\\r\\n
          two blanks before the target | 400 | GET  / HTTP/1.1\\r\\n~\\r\\n
          two blanks before the version | 400 | GET /  HTTP/1.1\\r\\n~\\r\\n
          tab before the target | 400 | GET\\t/ HTTP/1.1\\r\\n~\\r\\n
          blank before the method | 400 | \\040GET / HTTP/1.1\\r\\n~\\r\\n
          method with a colon | 400 | GE:T / HTTP/1.1\\r\\n~\\r\\n
          blank behind the version | 400 | GET / HTTP/1.1 \\r\\n~\\r\\n
          no version | 400 | GET /\\r\\n~\\r\\n
          version in lower case | 400 | GET / http/1.1\\r\\n~\\r\\n
          version of one digit | 400 | GET / HTTP/11\\r\\n~\\r\\n
          HTTP/1.10 | 400 | GET / HTTP/1.10\\r\\n~\\r\\n
          HTTP/2.0 | 505 | GET / HTTP/2.0\\r\\n~\\r\\n
          HTTP/1.2 | 505 | GET / HTTP/1.2\\r\\n~\\r\\n
          preface of HTTP/2 with a field | 505 | PRI * HTTP/2.0\\r\\n~\\r\\nSM\\r\\n\\r\\n
          tunnel to anywhere | 501 | CONNECT a:443 HTTP/1.1\\r\\n~\\r\\n
          TLS | 400 | \\026\\003\\001\\002\\0\\001\\0
          bad chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\nx\\r\\nhello\\r\\n0\\r\\n\\r\\n
          empty chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n\\r\\n\\r\\n
          signed chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n+5\\r\\nhello\\r\\n0\\r\\n\\r\\n
          chunk size with 0x | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0x5\\r\\nhello\\r\\n0\\r\\n\\r\\n
          overflowing chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n10000000000000005\\r\\nhello\\r\\n0\\r\\n\\r\\n
          blank behind chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n5 \\r\\nhello\\r\\n0\\r\\n\\r\\n
          bare LF behind chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n5\\nhello\\r\\n0\\r\\n\\r\\n
          bare CR behind chunk size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n5\\rhello\\r\\n0\\r\\n\\r\\n
          bare LF in an extension | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n5;a\\nbc\\r\\nhello\\r\\n0\\r\\n\\r\\n
          chunk longer than its size | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nhello\\r\\n0\\r\\n\\r\\n
          bare LF behind chunk data | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\n0\\r\\n\\r\\n
          bare LF behind the last chunk | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\n\\n
          folded trailer | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nX: y\\r\\n z\\r\\n\\r\\n
          trailer with a length | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nContent-Length: 5\\r\\n\\r\\n
          trailer with a coding | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n
          trailer with a host | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nHOST: b\\r\\n\\r\\n
          trailer with a connection | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nX: y\\r\\nConnection: close\\r\\n\\r\\n
          trailer with a cookie | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nCookie: SRV=b\\r\\n\\r\\n
          trailer with a upgrade | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nUpgrade: h2c\\r\\n\\r\\n
          trailer without colon | 400 | POST / HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nX\\r\\n\\r\\n
          """)
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
