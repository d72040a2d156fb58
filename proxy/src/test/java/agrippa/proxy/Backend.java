package agrippa.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server behind the proxy: each connection has a thread that does what the test says.
final class Backend implements AutoCloseable {
  /// What happens on a connection; it is closed afterwards.
  interface Conversation {
    void hold(Socket client, InputStream in) throws IOException, InterruptedException;
  }

  /// Makes an answer from a request.
  interface Answer {
    String to(Message request) throws InterruptedException;
  }

  private final String name;
  private final Conversation conversation;
  private final InetSocketAddress address;
  private final List<Message> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  // Read by nobody but the person who debugs.
  private final List<IOException> broken = new CopyOnWriteArrayList<>();
  // Bound but not listening: keeps the port ours while we are dead, and refuses whoever connects.
  private final Socket reservation = new Socket();
  private volatile ServerSocket server;
  private volatile Thread accepting;

  private Backend(String name, Conversation conversation) throws IOException {
    this(name, InetAddress.ofLiteral("127.0.0.1"), conversation);
  }

  private Backend(String name, InetAddress host, Conversation conversation) throws IOException {
    this.name = name;
    this.conversation = conversation;
    reservation.setReuseAddress(true);
    reservation.bind(new InetSocketAddress(host, 0));
    this.address = (InetSocketAddress) reservation.getLocalSocketAddress();
    this.server = listen();
    this.accepting = serve(server);
  }

  /// Does anything.
  static Backend talking(String name, Conversation conversation) throws IOException {
    return new Backend(name, conversation);
  }

  /// Does anything, at a certain address.
  static Backend talking(String name, InetAddress host, Conversation conversation)
      throws IOException {
    return new Backend(name, host, conversation);
  }

  /// Speaks HTTP/1.1 with keep-alive and answers with its name.
  static Backend http(String name) throws IOException {
    return http(name, _ -> ok(name));
  }

  static Backend http(String name, Answer answer) throws IOException {
    Backend[] self = new Backend[1];
    Conversation conversation =
        (client, in) -> {
          for (Message request = Message.read(in); request != null; request = Message.read(in)) {
            self[0].requests.add(request);
            client.getOutputStream().write(answer.to(request).getBytes(ISO_8859_1));
          }
        };
    // A conversation cannot start before somebody connects, who learns the address from us.
    self[0] = new Backend(name, conversation);
    return self[0];
  }

  static String ok(String body, String... fields) {
    StringBuilder response = new StringBuilder("HTTP/1.1 200 OK\r\n");
    for (String field : fields) {
      response.append(field).append("\r\n");
    }
    return response + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  String name() {
    return name;
  }

  InetSocketAddress address() {
    return address;
  }

  /// Requests that it saw, if it speaks HTTP.
  List<Message> requests() {
    return requests;
  }

  /// Dies: connections are reset, new ones refused.
  void kill() throws IOException {
    server.close();
    try {
      // The socket is not closed before whoever waits at it has noticed.
      accepting.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (Socket client : clients) {
      try (client) {
        client.setSoLinger(true, 0);
      } catch (SocketException e) {
        // Its conversation ended just now.
        broken.add(e);
      }
    }
  }

  /// Lives again at the same address.
  void revive() throws IOException {
    server = listen();
    accepting = serve(server);
  }

  @Override
  public void close() throws IOException {
    kill();
    reservation.close();
  }

  private ServerSocket listen() throws IOException {
    ServerSocket listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(address, 1024);
    return listening;
  }

  /// A platform thread, since it may begin in a network namespace, where no virtual one's carrier
  /// must.
  private static Thread start(Runnable task) {
    return Thread.ofPlatform().daemon().start(task);
  }

  private Thread serve(ServerSocket on) {
    return start(
        () -> {
          try {
            while (!on.isClosed()) {
              Socket client = on.accept();
              clients.add(client);
              start(() -> serve(client));
            }
          } catch (IOException e) {
            if (!on.isClosed()) {
              throw new IllegalStateException(e);
            }
          }
        });
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      conversation.hold(client, new BufferedInputStream(client.getInputStream()));
    } catch (IOException e) {
      // The proxy, or kill(), ended the connection: tests look at what the client sees.
      broken.add(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      clients.remove(client);
    }
  }
}
