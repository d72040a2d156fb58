package agrippa.proxy;

import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.optional;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.journal.Entry;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Journaling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/// What is written down of what was served, as its reader sees it.
@Cells
class JournalsTest {
  private static final Journaling ALL = new Journaling("owner", "balancer", 1);

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;

  @BeforeEach
  void start() {
    fixture = new Fixture(transport, tls);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private static Frontend journaled(Mode mode) {
    return optional(frontend("web", mode), FrontendOptions.DEFAULT.withJournaling(ALL));
  }

  /// Waits for entries; they are written when all is over.
  private List<String> entries(int count, Function<Entry, String> wanted) {
    List<String> all = new ArrayList<>();
    long end = System.nanoTime() + 30_000_000_000L;
    while (all.size() < count) {
      if (fixture.proxy.journals().read(it -> all.add(wanted.apply(it))) == 0) {
        Thread.yield();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(all);
      }
    }
    return all;
  }

  private static String client(Entry entry) {
    try {
      return InetAddress.getByAddress(entry.clientAddress()).getHostAddress()
          + " "
          + entry.clientPort();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tellRequests() throws Exception {
    Backend a = fixture.http("a");
    InetSocketAddress at = fixture.serve(plan(journaled(Mode.HTTP), pool(endpoint(a))));
    int port;
    try (Client client = Client.from("127.0.0.9", at)) {
      port = client.socket().getLocalPort();
      client.get("/one", "User-Agent: me");
      client.get("/two");
    }

    List<String> told =
        entries(
            2,
            it ->
                String.join(
                    " ",
                    client(it),
                    it.upstream(),
                    it.endpoint().name(),
                    it.endpoint().address().getPort() + "",
                    it.target().toString(),
                    it.status() + "",
                    it.ending().name()));

    String by = "127.0.0.9 " + port + " pool a " + a.address().getPort();
    assertThat(told).containsExactly(by + " /one 200 DONE", by + " /two 200 DONE");
  }

  @Test
  void tellConnections() throws Exception {
    Backend a = fixture.http("a");
    InetSocketAddress at = fixture.serve(plan(journaled(Mode.TCP), pool(endpoint(a))));
    String request = "GET /one HTTP/1.1\r\nHost: app.test\r\n\r\n";
    long answered;
    try (Client client = Client.to(at)) {
      client.send(request);
      client.socket().shutdownOutput();
      answered = client.receiveAll().length();
    }

    assertThat(
            entries(
                1,
                it ->
                    "%s %s %s %d %d %s"
                        .formatted(
                            it.mode(),
                            it.endpoint().name(),
                            it.target(),
                            it.bytesIn(),
                            it.bytesOut(),
                            it.ending())))
        .containsExactly("TCP a  %d %d DONE".formatted(request.length(), answered));
  }

  @Test
  void tellConnectionsThatNobodyTook() throws Exception {
    Backend a = fixture.http("a");
    a.close();
    InetSocketAddress at = fixture.serve(plan(journaled(Mode.TCP), pool(endpoint(a))));

    try (Client client = Client.to(at)) {
      assertThat(client.ending()).isEmpty();
    }

    assertThat(entries(1, it -> it.ending() + " " + it.tries()))
        .containsExactly("CONNECT_FAILED 4");
  }

  @Test
  void tellFlows() throws Exception {
    DatagramBackend a = fixture.datagrams("a");
    InetSocketAddress at = fixture.serve(plan(journaled(Mode.UDP), pool(endpoint(a))));
    try (DatagramClient client = DatagramClient.from("127.0.0.9", at)) {
      client.echo("hello");
    }
    fixture.proxy.remove("plan");

    assertThat(
            entries(
                1,
                it ->
                    "%s %s %d %b %s"
                        .formatted(
                            it.mode(),
                            it.endpoint().name(),
                            it.bytesIn(),
                            it.bytesOut() > 0,
                            it.ending())))
        .containsExactly("UDP a 5 true ENDED");
  }
}
