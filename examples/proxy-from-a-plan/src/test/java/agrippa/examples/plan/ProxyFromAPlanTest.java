package agrippa.examples.plan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example as its README tells it.
class ProxyFromAPlanTest {
  private final List<HttpServer> servers = new ArrayList<>();
  private PipedOutputStream input;
  private BufferedReader output;

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  @Test
  void servesTheFileAndItsChanges(@TempDir Path folder) throws Exception {
    String plan = Files.readString(Path.of("plan.json")).replace(":8080", ":0");
    plan = plan.replace(":9001", ":" + server("one")).replace(":9002", ":" + server("two"));
    Path file = folder.resolve("plan.json");
    Files.writeString(file, plan);
    CompletableFuture<Void> program = start(file);

    int port = port();
    assertThat(List.of(get(port), get(port), get(port)))
        .containsExactlyInAnyOrder("one", "one", "two");

    Files.writeString(file, plan.replace("\"weight\": 2", "\"weight\": 0"));
    enter();
    assertThat(port()).isEqualTo(port);
    assertThat(List.of(get(port), get(port))).containsExactly("two", "two");

    Files.writeString(file, "{}");
    enter();
    assertThat(line("not a plan")).isNotNull();
    assertThat(get(port)).isEqualTo("two");

    input.close();
    program.get(30, TimeUnit.SECONDS);
  }

  private CompletableFuture<Void> start(Path file) throws IOException {
    input = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(input);
    PipedOutputStream out = new PipedOutputStream();
    output =
        new BufferedReader(new InputStreamReader(new PipedInputStream(out, 1 << 16), US_ASCII));
    return CompletableFuture.runAsync(
        () -> {
          try {
            ProxyFromAPlan.run(file, in, new PrintStream(out, true, US_ASCII));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private void enter() throws IOException {
    input.write('\n');
    input.flush();
  }

  private int port() throws IOException {
    Matcher port = Pattern.compile("127\\.0\\.0\\.1:(\\d+)").matcher(line("Serving"));
    assertThat(port.find()).isTrue();
    return Integer.parseInt(port.group(1));
  }

  /// The next line with these words in it.
  private String line(String words) throws IOException {
    String line = output.readLine();
    while (line != null && !line.contains(words)) {
      line = output.readLine();
    }
    return line;
  }

  private int server(String name) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, name.length());
          exchange.getResponseBody().write(name.getBytes(US_ASCII));
          exchange.close();
        });
    server.start();
    servers.add(server);
    return server.getAddress().getPort();
  }

  private static String get(int port) throws IOException {
    try (var body = URI.create("http://127.0.0.1:" + port + "/").toURL().openStream()) {
      return new String(body.readAllBytes(), US_ASCII);
    }
  }
}
