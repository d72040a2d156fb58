package agrippa.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TransportKind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// HAProxy, set up as Octavia does, is asked the same as the proxy: whom an endpoint hears of what,
/// and what a client gets, must be the same, but for what `differences.txt` lists. A reason that
/// explains nothing any more fails, too. The proxy is asked on both of its transports.
///
/// A line of `requests.txt` is a configuration, a name, and requests of one connection, with `;;`
/// between them; `##` begins another connection. `~` stands for `Host: a\r\n`.
class OracleTest {
  private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
  private static final String PROBE = "GET /ok HTTP/1.1\r\nHost: probe\r\n\r\n";

  @TempDir Path folder;

  private record Asked(String plan, String name, String connections) {
    static Asked parse(String line) {
      String[] cells = line.split("\\|", 3);
      return new Asked(
          cells[0].strip(),
          cells[1].strip(),
          cells[2].strip().replace("~", "Host: a\\r\\n").translateEscapes());
    }

    String title() {
      return plan + ": " + name;
    }
  }

  @Test
  void isToldTheSameByHaproxy() throws Exception {
    assumeTrue(Files.isExecutable(HAPROXY), "HAProxy is not installed");
    List<Asked> asked =
        read("/oracle/requests.txt").lines().filter(it -> !it.isBlank()).map(Asked::parse).toList();
    assertThat(asked)
        .hasSizeGreaterThanOrEqualTo(150)
        .extracting(Asked::title)
        .doesNotHaveDuplicates();
    try (Fixture fixture = new Fixture(TransportKind.EPOLL);
        Fixture onNio = new Fixture(TransportKind.NIO);
        Haproxy haproxy = new Haproxy(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<OraclePlans> all = OraclePlans.all(fixture);
      for (OraclePlans one : all) {
        haproxy.add(one.plan());
      }
      haproxy.start();
      List<Future<Map<String, String>>> running = new ArrayList<>();
      List<OraclePlans> allOnNio = OraclePlans.all(onNio);
      for (int i = 0; i < all.size(); i++) {
        OraclePlans one = all.get(i);
        OraclePlans other = allOnNio.get(i);
        InetSocketAddress ours = fixture.serve(one.plan());
        InetSocketAddress alsoOurs = onNio.serve(other.plan());
        InetSocketAddress theirs = haproxy.address(one.plan().name());
        List<Asked> its = asked.stream().filter(it -> it.plan().equals(one.plan().name())).toList();
        Future<List<String>> nio = threads.submit(() -> outcomes(its, other.heard(), alsoOurs));
        running.add(threads.submit(() -> compare(its, one.heard(), ours, theirs, nio)));
      }
      StringBuilder differences = new StringBuilder();
      for (Future<Map<String, String>> each : running) {
        each.get().forEach((title, how) -> differences.append(title).append('\n').append(how));
      }
      assertThat(differences.toString()).isEqualTo(explained(read("/oracle/differences.txt")));
    }
  }

  /// The differences without their reasons, each of which must be in the documentation.
  private static String explained(String differences) throws IOException {
    String page =
        Files.readString(Path.of("..", "docs", "compatibility.md")).replaceAll("\\s+", " ");
    StringBuilder rest = new StringBuilder();
    for (String line : differences.lines().toList()) {
      if (line.startsWith("# ")) {
        assertThat(page).contains(line.substring(2));
      } else {
        rest.append(line).append('\n');
      }
    }
    return rest.toString();
  }

  private static Map<String, String> compare(
      List<Asked> asked,
      List<String> heard,
      InetSocketAddress ours,
      InetSocketAddress theirs,
      Future<List<String>> nio)
      throws Exception {
    List<String> first = outcomes(asked, heard, ours);
    List<String> second = outcomes(asked, heard, theirs);
    assertThat(nio.get()).as("on NIO").isEqualTo(first);
    Map<String, String> differences = new LinkedHashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      if (!first.get(i).equals(second.get(i))) {
        differences.put(asked.get(i).title(), difference(first.get(i), second.get(i)));
      }
    }
    return differences;
  }

  private static List<String> outcomes(List<Asked> asked, List<String> heard, InetSocketAddress at)
      throws IOException {
    List<String> outcomes = new ArrayList<>();
    for (Asked each : asked) {
      outcomes.add(outcome(each, heard, at));
    }
    return outcomes;
  }

  static String difference(String ours, String theirs) {
    StringBuilder all = new StringBuilder();
    without(ours, theirs).forEach(it -> all.append("  + ").append(it).append('\n'));
    without(theirs, ours).forEach(it -> all.append("  - ").append(it).append('\n'));
    return all.isEmpty() ? "  in another order\n" : all.toString();
  }

  /// The lines that one has more often than the other.
  private static List<String> without(String one, String other) {
    List<String> rest = new ArrayList<>(one.lines().map(String::strip).sorted().toList());
    other.lines().map(String::strip).forEach(rest::remove);
    rest.removeIf(String::isEmpty);
    return rest;
  }

  private static String outcome(Asked asked, List<String> heard, InetSocketAddress at)
      throws IOException {
    heard.clear();
    StringBuilder got = new StringBuilder();
    for (String connection : asked.connections().split(" ## ")) {
      try (Client client = Client.to(at)) {
        for (String request : connection.split(" ;; ")) {
          client.send(request);
          got.append(response(client, request.startsWith("HEAD ")));
        }
        client.send(PROBE);
        got.append(response(client, false).startsWith("200") ? "kept\n" : "closed\n");
      } catch (SocketException e) {
        got.append("closed\n");
      }
    }
    String told = String.join("\n", heard) + "\n" + got;
    return told.replaceAll("\\b" + at.getPort() + "\\b", "PORT").replaceAll("[^\\n -~]", "?");
  }

  /// All responses to a request, interim ones included, with a page of the proxy's own left out.
  static String response(Client client, boolean toHead) throws IOException {
    String head = head(client.in());
    if (head.isEmpty()) {
      return "nothing\n";
    }
    List<String> lines = head.lines().toList();
    String status = lines.getFirst().substring(9, 12);
    String fields =
        String.join(
            "\n",
            lines.stream().skip(1).map(it -> "  " + OracleMember.lowerName(it)).sorted().toList());
    String own = body(client.in(), status, fields, toHead);
    boolean page = own.contains("</html>") || (toHead && fields.contains("text/html"));
    String shown = page ? fields.replaceAll(" *content-(length|type): .*\n?", "") : fields;
    String text = status + "\n" + shown + "\n  [" + (page ? "page" : shortened(own)) + "]\n";
    return status.startsWith("1") ? text + response(client, toHead) : text;
  }

  private static String shortened(String body) {
    return body.length() < 200 ? body : body.length() + " bytes";
  }

  private static String body(InputStream in, String status, String fields, boolean toHead)
      throws IOException {
    boolean none = toHead || status.startsWith("1") || status.startsWith("204");
    if (none || status.startsWith("304")) {
      return "";
    }
    if (fields.contains("transfer-encoding: ")) {
      return chunks(in);
    }
    int length = fields.indexOf("content-length: ");
    if (length < 0) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
    String value = fields.substring(length + 16).lines().findFirst().orElseThrow();
    return new String(in.readNBytes(Integer.parseInt(value)), ISO_8859_1);
  }

  private static String chunks(InputStream in) throws IOException {
    StringBuilder all = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(line(in), 16);
      all.append(new String(in.readNBytes(size), ISO_8859_1));
      if (size == 0) {
        for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
          all.append(" trailer ").append(OracleMember.lowerName(trailer));
        }
        return all.toString();
      }
      line(in);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    try {
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        head.append(line).append('\n');
      }
    } catch (EOFException | SocketException e) {
      // Ended in order or by a reset, which clients need not tell apart.
      return head.toString();
    }
    return head.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  private static String read(String resource) throws IOException {
    try (InputStream in = OracleTest.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }
}
