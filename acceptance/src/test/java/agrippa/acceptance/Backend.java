package agrippa.acceptance;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/// A web server as a member of a pool would be: answers with its name, and what it saw of the
/// request.
final class Backend implements AutoCloseable {
  private final HttpServer server;

  private Backend(HttpServer server) {
    this.server = server;
  }

  /// @param port 0 for a free one
  static Backend start(String name, String address, int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 1024);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            StringBuilder body = new StringBuilder(name).append('\n');
            Headers headers = exchange.getRequestHeaders();
            headers.forEach(
                (field, values) ->
                    values.forEach(it -> body.append(field).append(": ").append(it).append('\n')));
            byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("X-Backend", name);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return new Backend(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
