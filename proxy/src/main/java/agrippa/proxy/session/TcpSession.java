package agrippa.proxy.session;

import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.Channel;
import java.util.function.Supplier;

/// A byte stream.
public final class TcpSession implements Session {
  private final Channel client;

  public TcpSession(
      Channel client,
      Supplier<FrontendSnapshot> frontend,
      FrontendStats.Local stats,
      Runnable ended) {
    this.client = client;
  }

  @Override
  public void start() {
    client.abort();
  }

  @Override
  public void drain() {}

  @Override
  public void abort() {
    client.abort();
  }
}
