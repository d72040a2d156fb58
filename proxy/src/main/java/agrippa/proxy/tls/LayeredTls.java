package agrippa.proxy.tls;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Handler;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Puts [TlsChannel]s over plain channels, whichever engine does their cryptography.
///
/// @param patience longest time that a peer may take for its handshake, in milliseconds
record LayeredTls(TlsSource source, long patience) implements TlsContext {
  private static final long PATIENCE = 10_000;

  LayeredTls(TlsSource source) {
    this(source, PATIENCE);
  }

  @Override
  public Channel connect(
      EventLoop loop, InetSocketAddress to, @Nullable String serverName, Handler handler) {
    String name = ServerNames.sendable(serverName);
    TlsRecords records = source.connect(loop, to, name);
    try {
      return TlsChannel.connecting(
          source.buffers(loop),
          records,
          patience,
          layer -> loop.connect(to, null, null, layer),
          handler);
    } catch (RuntimeException e) {
      records.free();
      throw e;
    }
  }

  @Override
  public void accept(Channel plain, Consumer<Channel> established, Runnable failed) {
    EventLoop loop = plain.loop();
    TlsChannel.accepting(
        source.buffers(loop), source.accept(loop), patience, plain, established, failed);
  }

  @Override
  public void close() {
    source.close();
  }
}
