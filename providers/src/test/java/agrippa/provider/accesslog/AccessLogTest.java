package agrippa.provider.accesslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ApplyResult;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Journaling;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Lines about what a running proxy was asked, hostile clients included.
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
class AccessLogTest {
  @Parameter TransportKind transport;
  private ProxyServer proxy;
  private InetSocketAddress address;
  private int answered;

  @BeforeEach
  void start() {
    proxy =
        ProxyServer.start(
            ProxySettings.standard().withLoops(1).withTransport(transport),
            () -> Instant.parse("2026-11-24T02:00:00.123Z"),
            new SecureRandom());
    Frontend frontend =
        new Frontend(
            "web",
            Frontend.Mode.HTTP,
            List.of(new InetSocketAddress("127.0.0.1", 0)),
            null,
            List.of(),
            100,
            new Frontend.Timeouts(30_000, 5_000, 30_000, 0),
            List.of(),
            null,
            List.of(new Route("all", List.of(), new Route.Action.Reject())),
            null,
            FrontendOptions.DEFAULT.withJournaling(new Journaling("a \"project", "lb", 1)));
    ApplyResult result = proxy.apply(new ProxyPlan("plan", List.of(frontend), List.of()));
    address = ((ApplyResult.Serving) result.frontends().get("web")).addresses().getFirst();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  /// Lines as they come.
  private static class Kept implements Target {
    final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void write(CharSequence line, Instant when) throws IOException {
      lines.add(line.toString());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private void ask(String request) throws IOException {
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      client.getOutputStream().write(request.getBytes(ISO_8859_1));
      client.shutdownOutput();
      answered = client.getInputStream().readAllBytes().length;
    }
  }

  private String line(Format format, String request) throws Exception {
    Kept kept = new Kept();
    AccessLog log = AccessLog.start(proxy.journals(), format, kept, InstantSource.system());
    ask(request);
    String line = kept.lines.poll(30, TimeUnit.SECONDS);
    log.close();
    return line.replaceAll("(_port\":|127.0.0.1 )[0-9]+", "$1PORT")
        .replaceAll("(_ms\":)[0-9]+", "$1MS");
  }

  @Test
  void areJson() throws Exception {
    assertThat(
            line(
                Format.JSON,
                "GET /a\"b\\c?d=%0a HTTP/1.1\r\nHost: h\r\nUser-Agent: \"\u00e9\t{}\r\n"
                    + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n"))
        .isEqualTo(
            """
            {"time":"2026-11-24T02:00:00.123Z","project":"a \\"project","loadbalancer":"lb",\
            "listener":"web","client_address":"127.0.0.1","client_port":PORT,"mode":"http",\
            "method":"GET","path":"/a\\"b\\\\c?d=%%0a","host":"h","protocol":"HTTP/1.1",\
            "status":403,"user_agent":"\\"\\u00e9\\u0009{}","bytes_in":127,"bytes_out":%d,\
            "request_ms":MS,"response_ms":MS,"total_ms":MS,"tries":0,\
            "termination":"rejected","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}"""
                .formatted(answered));
  }

  @Test
  void areAsOctavias() throws Exception {
    assertThat(line(Format.OCTAVIA, "GET /a\"b?c HTTP/1.1\r\nHost: h\r\n\r\n"))
        .matches(
            "a#20#22project lb web 127\\.0\\.0\\.1 PORT 24/Nov/2026:02:00:00\\.123"
                + " \"GET /a#22b\\?c HTTP/1\\.1\" 403 %d 32 - \"\" web <NOSRV> [0-9]+ PR--"
                    .formatted(answered));
  }

  @Test
  void tellOfWhatWasNotUnderstoodWithoutRepeatingIt() throws Exception {
    assertThat(line(Format.OCTAVIA, "GET /\u0000\nx HTTP/1.1\r\n\r\n"))
        .contains(" \"<BADREQ>\" 400 ")
        .endsWith(" PR--");
    assertThat(line(Format.JSON, "GET /" + "x".repeat(65_536) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
        .contains("\"termination\":\"bad_request\"")
        .hasSizeLessThan(1_000);
  }

  @Test
  void areBounded() throws Exception {
    assertThat(line(Format.JSON, "GET /" + "\"".repeat(7_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
        .contains("\\\"\\\"\\u2026\",\"host\":\"h\"")
        .hasSizeLessThan(5_000);
  }

  /// Takes nothing until it is told to.
  private static final class Stuck extends Kept {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void write(CharSequence line, Instant when) throws IOException {
      reached.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException("told to end", e);
      }
      super.write(line, when);
    }
  }

  @Test
  void areDroppedAndCountedWhileNobodyTakesThemAndClientsAreServed() throws Exception {
    Stuck stuck = new Stuck();
    try (AccessLog log =
            AccessLog.start(proxy.journals(), Format.JSON, stuck, InstantSource.system());
        Socket client = new Socket(address.getAddress(), address.getPort())) {
      String request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
      ask(request);
      stuck.reached.await();
      int count = 6_000;
      Thread asking =
          Thread.startVirtualThread(
              () -> {
                try {
                  client.getOutputStream().write(request.repeat(count).getBytes(ISO_8859_1));
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      String answers = new String(client.getInputStream().readAllBytes(), ISO_8859_1);
      asking.join();

      assertThat(answers.split("HTTP/1.1 403 ", -1)).hasSize(count + 1);
      assertThat(log.dropped()).isBetween(count - 4_096L, count - 4_095L);
      stuck.released.countDown();
      for (long i = log.dropped(); i <= count; i++) {
        assertThat(stuck.lines.poll(30, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(stuck.lines).isEmpty();
    }
  }
}
