package agrippa.proxy.session;

import agrippa.proxy.http2.ServerConnection;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.Handler;
import java.util.function.Supplier;

/// An HTTP/2 client connection: each of its requests is served by an [HttpSession], as if it had
/// come over a connection of its own.
public final class Http2Session implements Session, ServerConnection.Owner {
  private final Supplier<FrontendSnapshot> frontend;
  private final FrontendStats.Local stats;
  private final HttpLoop http;
  private final Runnable ended;
  private final ServerConnection connection;

  /// The parameters are those of [HttpSession].
  public Http2Session(
      Channel client,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      HttpLoop http,
      Runnable ended) {
    this.frontend = frontend;
    this.stats = stats;
    this.http = http;
    this.ended = ended;
    this.connection = new ServerConnection(client, http.http2(), this);
  }

  @Override
  public void start() {
    connection.start();
  }

  /// Begins with what was read already.
  void start(Buffer early) {
    connection.start(early);
  }

  @Override
  public void drain() {
    connection.drain();
  }

  @Override
  public void leaveDrained() {
    for (Handler each : connection.handlers()) {
      if (each instanceof HttpSession session) {
        session.leaveDrained();
      }
    }
  }

  @Override
  public void abort() {
    connection.abort();
  }

  @Override
  public void opened(Channel stream) {
    new HttpSession(stream, frontend, stats, http, () -> {}).start();
  }

  @Override
  public void refused() {
    stats.requestError();
  }

  @Override
  public long idleMillis() {
    return frontend.get().plan().timeouts().clientIdle();
  }

  @Override
  public void ended() {
    ended.run();
  }
}
