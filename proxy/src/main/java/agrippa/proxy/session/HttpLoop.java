package agrippa.proxy.session;

import agrippa.proxy.transport.EventLoop;

/// What all HTTP sessions of one event loop share; made once per loop, used on its thread only.
public final class HttpLoop {
  private final EventLoop loop;

  public HttpLoop(EventLoop loop) {
    this.loop = loop;
  }

  EventLoop loop() {
    return loop;
  }

  /// Closes all idle connections to endpoints.
  public void close() {}
}
