package agrippa.proxy.session;

import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Channel;
import java.util.function.Supplier;

/// An HTTP/1 client connection.
public final class HttpSession implements Session {
  /// @param client accepted, its TLS handshake done
  /// @param frontend the frontend as planned now; asked at each request
  /// @param stats this loop's counters of the frontend
  /// @param ended called once, when the client channel is closed
  public HttpSession(
      Channel client,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      HttpLoop loop,
      Runnable ended) {}

  @Override
  public void start() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drain() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void abort() {
    throw new UnsupportedOperationException();
  }
}
