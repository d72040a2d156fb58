package agrippa.proxy.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.plan.Check.Probe;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bytes of a server's, as RFC 9113 and the gRPC health checking protocol have them.
class GrpcCheckTest {
  private static final String SETTINGS = "000000 04 00 00000000 ";
  private static final String STATUS_200 = "000001 01 04 00000001 88 ";
  private static final String OK_IN_TRAILERS = "000001 01 05 00000001 88 ";

  private final ServerSocket server;
  private final SocketProber prober = new SocketProber(Ping.best(1));

  GrpcCheckTest() throws IOException {
    server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /// @param expected how many bytes it reads before it answers
  /// @return what it read
  private CompletableFuture<byte[]> answering(int expected, String hex) {
    CompletableFuture<byte[]> heard = new CompletableFuture<>();
    byte[] answer = HexFormat.of().parseHex(hex.replace(" ", ""));
    Thread.startVirtualThread(
        () -> {
          try (Socket client = server.accept()) {
            byte[] request = client.getInputStream().readNBytes(expected);
            client.getOutputStream().write(answer);
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
            heard.complete(request);
          } catch (IOException e) {
            heard.completeExceptionally(e);
          }
        });
    return heard;
  }

  private String probe(String service) throws IOException, InterruptedException {
    return prober.probe(
        new Probe.Grpc(false, service),
        new Target((InetSocketAddress) server.getLocalSocketAddress(), ProxyProtocol.NONE));
  }

  @Test
  void asksForAServiceAndTakesItsAnswer() throws Exception {
    String authority = "127.0.0.1:" + server.getLocalPort();
    String request =
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            + "\0\0\0\4\0\0\0\0\0"
            + "\0\0"
            + (char) (66 + authority.length())
            + "\1\4\0\0\0\1\203\206\4\34/grpc.health.v1.Health/Check\1"
            + (char) authority.length()
            + authority
            + "\17\20\20application/grpc\0\2te\10trailers"
            + "\0\0\12\0\1\0\0\0\1\0\0\0\0\5\12\3a.B";
    var heard =
        answering(
            request.length(),
            SETTINGS + STATUS_200 + "000007 00 00 00000001 00 00000002 0801 " + OK_IN_TRAILERS);

    assertThat(probe("a.B")).isEqualTo("status SERVING");

    assertThat(new String(heard.get(), ISO_8859_1)).isEqualTo(request);
  }

  @Test
  void answersWhatAConnectionWantsAnswered() throws Exception {
    var heard =
        answering(
            1,
            "000006 04 00 00000000 0003 00000064 "
                + "000008 06 00 00000000 0102030405060708 "
                + "000004 08 00 00000000 00010000 "
                + STATUS_200
                + "000009 00 08 00000001 01 00 00000002 0801 ff");

    assertThat(probe("")).isEqualTo("status SERVING");

    heard.get();
  }

  @Test
  void anAnswerMayComeInPieces() throws Exception {
    var heard =
        answering(
            1,
            SETTINGS
                + STATUS_200
                + "000003 00 00 00000001 000000 "
                + "000004 00 01 00000001 0002 0801");

    assertThat(probe("")).isEqualTo("status SERVING");
    heard.get();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          000007 00 01 00000001 00 00000002 0802 | status NOT_SERVING
          000007 00 01 00000001 00 00000002 0803 | status SERVICE_UNKNOWN
          000005 00 01 00000001 00 00000000      | status UNKNOWN
          000007 00 01 00000001 00 00000002 1001 | no answer of gRPC
          000007 00 01 00000001 01 00000002 0801 | no answer of gRPC
          000007 00 01 00000001 00 01000002 0801 | no answer of gRPC
          000001 01 05 00000001 88               | no such service, or no health checks of gRPC
          000004 03 00 00000001 00000007         | refused
          000008 07 00 00000000 0000000000000000 | refused
          485454502f312e31203430 3020426164      | not HTTP/2
          000000 04 00 00000000                  |
          """)
  void isDownForAnythingElse(String hex, String why) {
    answering(1, hex);

    assertThatThrownBy(() -> probe("")).isInstanceOf(IOException.class).hasMessage(why);
  }
}
