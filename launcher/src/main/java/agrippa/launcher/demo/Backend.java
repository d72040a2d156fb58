package agrippa.launcher.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/// A small web server that tells its name, as a member of a pool would be.
final class Backend implements AutoCloseable {
  private final String name;
  private final InetSocketAddress address;
  private final HttpServer server;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private Backend(String name, InetSocketAddress address, HttpServer server) {
    this.name = name;
    this.address = address;
    this.server = server;
  }

  static Backend start(String name, InetSocketAddress address) {
    try {
      HttpServer server = HttpServer.create(address, 128);
      byte[] body = (name + "\n").getBytes(StandardCharsets.UTF_8);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              exchange.getResponseHeaders().set("Content-Type", "text/plain");
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
            }
          });
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return new Backend(name, server.getAddress(), server);
    } catch (IOException e) {
      throw new DemoFailure("cannot start " + name + " at " + address + ": " + e.getMessage(), e);
    }
  }

  String name() {
    return name;
  }

  int port() {
    return address.getPort();
  }

  /// The same server again, after [#close].
  Backend restart() {
    return start(name, address);
  }

  /// Stops at once; open connections break.
  @Override
  public void close() {
    if (stopped.compareAndSet(false, true)) {
      server.stop(0);
    }
  }
}
