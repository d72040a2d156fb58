package agrippa.proxy.tls;

import agrippa.proxy.transport.EventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What an engine makes of one plan: settings that start connections. Any loop may use it.
interface TlsSource {
  /// What the loop's TLS connections share.
  TlsBuffers buffers(EventLoop loop);

  /// The server side of a new connection; one that fails at once if this is closed.
  TlsRecords accept(EventLoop loop);

  /// The client side of a new connection; one that fails at once if this is closed.
  ///
  /// @param serverName SNI to send, or null
  TlsRecords connect(EventLoop loop, InetSocketAddress to, @Nullable String serverName);

  /// Starts no more connections. May be called again.
  void close();
}
