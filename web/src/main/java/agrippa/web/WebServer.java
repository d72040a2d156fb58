package agrippa.web;

import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/// Serves sites over HTTP/1.1, each request on a virtual thread. The only place that knows which
/// library does it.
public final class WebServer implements AutoCloseable {
  private static final int LONGEST_REQUEST_LINE = 16_384;
  private static final int LONGEST_HEADERS = 32_768;
  private static final long LONGEST_DISCARDED = 1_048_576;
  private static final int PIECE = 65_536;

  private final WebSettings settings;
  private final Dispatcher dispatcher;
  private final SlowClients slowClients;
  private final io.helidon.webserver.WebServer server;

  private WebServer(WebSettings settings, List<Site> sites) {
    this.settings = settings;
    this.dispatcher = new Dispatcher(settings, sites);
    this.slowClients = new SlowClients(settings.limits().idle());
    this.server = configured().build();
  }

  /// Serves until closed. The site with the longest prefix of a path answers it.
  ///
  /// @throws UncheckedIOException if the address cannot be bound
  public static WebServer start(WebSettings settings, List<Site> sites) {
    WebServer server = new WebServer(settings, sites);
    try {
      server.server.start();
      // Helidon only logs that it could not listen.
      if (!server.server.isRunning()) {
        throw new UncheckedIOException(whyNotListening(settings));
      }
      return server;
    } catch (RuntimeException e) {
      server.slowClients.close();
      throw e;
    }
  }

  /// Tries once more, to hear the system's reason.
  private static IOException whyNotListening(WebSettings settings) {
    try (ServerSocket again = new ServerSocket()) {
      again.bind(new InetSocketAddress(settings.host(), settings.port()));
      return new IOException("it was in use a moment ago");
    } catch (IOException e) {
      return e;
    }
  }

  /// The port that is listened on.
  public int port() {
    return server.port();
  }

  /// Takes no more requests, and lets those under way finish for the settings' grace.
  @Override
  public void close() {
    server.stop();
    slowClients.close();
  }

  private WebServerConfig.Builder configured() {
    SSLContext tls = settings.front().tls();
    WebServerConfig.Builder builder = WebServerConfig.builder();
    if (tls != null) {
      builder.tls(Tls.builder().sslContext(tls).build());
    }
    return builder
        .host(settings.host())
        .port(settings.port())
        .maxTcpConnections(settings.limits().connections())
        // Else the end of a long answer waits until the client acknowledges its beginning.
        .connectionOptions(it -> it.tcpNoDelay(true))
        // A read timeout would say the same, but has no effect on the channels that Helidon uses.
        .idleConnectionTimeout(settings.limits().idle())
        .idleConnectionPeriod(settings.limits().idle().dividedBy(2))
        .shutdownGracePeriod(settings.limits().grace())
        .shutdownHook(false)
        .protocolsDiscoverServices(false)
        .contentEncoding(
            it -> it.contentEncodingsDiscoverServices(false).addContentEncoding(new Base64AsSent()))
        .addProtocol(
            Http1Config.builder()
                .maxPrologueLength(LONGEST_REQUEST_LINE)
                .maxHeadersSize(LONGEST_HEADERS)
                .validatePath(false)
                .validatePrologue(false)
                .receiveLog(false)
                .sendLog(false)
                .addReceiveListener(requestsBegin())
                .build())
        .directHandlers(malformed())
        .routing(HttpRouting.builder().route(any -> true, PathMatchers.any(), this::serve));
  }

  /// Says when the first line of a request is there.
  private Http1ConnectionListener requestsBegin() {
    return new Http1ConnectionListener() {
      @Override
      public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        slowClients.watch();
      }
    };
  }

  private void serve(ServerRequest request, ServerResponse response) throws IOException {
    Dispatcher.Body body = body(request);
    slowClients.unwatch();
    Dispatcher.Incoming incoming = incoming(request, body);
    Reply reply = dispatcher.dispatch(incoming);
    boolean last =
        body instanceof Dispatcher.Body.TooLong || leftUnread(body) || wantsClose(incoming);
    slowClients.watch();
    send(response, reply, incoming.method(), last);
    slowClients.unwatch();
    // Helidon leaves closing to the client, which may wait for the server to do it.
    if (last && reply.pieces() == null) {
      throw closing();
    }
  }

  private static CloseConnectionException closing() {
    return new CloseConnectionException("last request of its connection");
  }

  /// Whether a handler did not read all that was sent to it.
  private static boolean leftUnread(Dispatcher.Body body) throws IOException {
    if (!(body instanceof Dispatcher.Body.Streamed(InputStream content))) {
      return false;
    }
    // As below.
    content.skip(LONGEST_DISCARDED);
    return content.read() >= 0;
  }

  private void send(ServerResponse response, Reply reply, String method, boolean last)
      throws IOException {
    reply.headers().forEach(response::header);
    response.status(Status.create(reply.status()));
    if (last) {
      response.header(HeaderNames.CONNECTION, "close");
    }
    if (method.equals("HEAD")) {
      response.contentLength(reply.body().length);
      response.send();
    } else if (reply.file() != null) {
      send(response, reply.file());
    } else if (reply.pieces() != null) {
      if (last) {
        // Their end is sent when all here has returned.
        response.whenSent(
            () -> {
              throw closing();
            });
      }
      send(response, reply.pieces());
    } else {
      response.send(reply.body());
    }
  }

  /// Each piece has as long as a whole answer otherwise has.
  private void send(ServerResponse response, Path file) throws IOException {
    response.contentLength(Files.size(file));
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = response.outputStream()) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        slowClients.watch();
        out.write(piece, 0, read);
        slowClients.unwatch();
      }
    }
  }

  private void send(ServerResponse response, Iterator<byte[]> pieces) throws IOException {
    try (OutputStream out = response.outputStream()) {
      while (pieces.hasNext()) {
        byte[] piece = pieces.next();
        slowClients.watch();
        out.write(piece);
        slowClients.unwatch();
      }
    }
  }

  private static boolean wantsClose(Dispatcher.Incoming incoming) {
    return incoming.headers().getOrDefault("connection", List.of()).stream()
        .flatMap(it -> Stream.of(it.split(",")))
        .anyMatch(it -> it.strip().equalsIgnoreCase("close"));
  }

  private Dispatcher.Body body(ServerRequest request) throws IOException {
    if (!request.content().hasEntity()) {
      return new Dispatcher.Body.Whole(new byte[0]);
    }
    InputStream stream = request.content().inputStream();
    HttpPrologue prologue = request.prologue();
    if (dispatcher.streams(prologue.method().text(), prologue.uriPath().rawPath())) {
      return new Dispatcher.Body.Streamed(new WatchedStream(stream, slowClients));
    }
    byte[] bytes = stream.readNBytes(settings.limits().body() + 1);
    if (bytes.length <= settings.limits().body()) {
      return new Dispatcher.Body.Whole(bytes);
    }
    // Closing on unread bytes would reset the connection before many clients see the answer.
    long patience = LONGEST_DISCARDED;
    for (long skipped = 1; patience > 0 && skipped > 0; patience -= skipped) {
      skipped = stream.skip(patience);
    }
    return new Dispatcher.Body.TooLong();
  }

  private static Dispatcher.Incoming incoming(ServerRequest request, Dispatcher.Body body) {
    HttpPrologue prologue = request.prologue();
    Map<String, List<String>> headers = new HashMap<>();
    request
        .headers()
        .forEach(it -> headers.put(it.name().toLowerCase(Locale.ROOT), it.allValues()));
    return new Dispatcher.Incoming(
        prologue.method().text(),
        prologue.uriPath().rawPath(),
        prologue.query().rawValue(),
        headers,
        body,
        request.remotePeer().host(),
        request.localPeer().host() + ":" + request.localPeer().port());
  }

  /// Answers what is too broken to be a request.
  private DirectHandlers malformed() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      handlers.addHandler(
          event,
          (request, type, status, headers, message) ->
              DirectHandler.TransportResponse.builder()
                  .status(status)
                  .headers(headers)
                  .header(HeaderNames.CONTENT_TYPE, "application/json")
                  .header(
                      HeaderNames.create(Dispatcher.REQUEST_ID),
                      "req-" + settings.requestIds().get())
                  .keepAlive(type.keepAlive())
                  .entity(
                      Json.bytes(
                          Json.object()
                              .put("code", status.code())
                              .put("title", status.reasonPhrase())
                              .put("description", "The request is malformed.")))
                  .build());
    }
    return handlers.build();
  }

  /// Lets bodies in Base64 through as they are, since only their handlers know what is in them.
  /// Helidon refuses what it cannot decode.
  private static final class Base64AsSent implements ContentEncoding {
    @Override
    public Set<String> ids() {
      return Set.of("base64");
    }

    @Override
    public String name() {
      return "base64";
    }

    @Override
    public String type() {
      return "base64";
    }

    @Override
    public boolean supportsEncoding() {
      return false;
    }

    @Override
    public boolean supportsDecoding() {
      return true;
    }

    @Override
    public ContentDecoder decoder() {
      return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder() {
      return ContentEncoder.NO_OP;
    }
  }
}
