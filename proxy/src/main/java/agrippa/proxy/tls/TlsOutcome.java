package agrippa.proxy.tls;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.Handler.ConnectFailure;
import java.util.function.Consumer;

/// Who is told how a handshake went.
sealed interface TlsOutcome {
  void established(TlsChannel channel);

  void failed(TlsChannel channel, ConnectFailure why);

  /// Those that accept a frontend's connections.
  record Accepted(Consumer<Channel> acceptor, Runnable refused) implements TlsOutcome {
    @Override
    public void established(TlsChannel channel) {
      acceptor.accept(channel);
    }

    @Override
    public void failed(TlsChannel channel, ConnectFailure why) {
      refused.run();
    }
  }

  /// The handler that a connection to an endpoint has by then.
  enum Connected implements TlsOutcome {
    INSTANCE;

    @Override
    public void established(TlsChannel channel) {
      channel.handler().connected(channel);
    }

    @Override
    public void failed(TlsChannel channel, ConnectFailure why) {
      channel.handler().connectFailed(channel, why);
    }
  }
}
