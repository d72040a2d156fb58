package agrippa.proxy;

import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.session.FrontendSnapshot;
import agrippa.proxy.session.Http2Session;
import agrippa.proxy.session.HttpSession;
import agrippa.proxy.session.ProxyHeaderReader;
import agrippa.proxy.session.Session;
import agrippa.proxy.session.TcpSession;
import agrippa.proxy.stats.Count;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One loop's part of a frontend of connections.
///
/// A client that is accepted goes through: allowed network? place free? TLS handshake, session. If
/// a proxy in front is to tell whom it comes for, it does so when there is a place, and the first
/// question is asked then.
final class Acceptor extends Admission<Channel> {
  Acceptor(Worker worker, LiveFrontend frontend) {
    super(worker, frontend);
  }

  @Override
  ServerChannel listen(InetSocketAddress at, Consumer<Channel> accepted) throws IOException {
    return worker.loop().listen(at, accepted);
  }

  @Override
  boolean tolerates(Channel arrived, LiveFrontend.Settings settings) {
    return proxied(arrived, settings) || allowed(arrived, settings);
  }

  private static boolean proxied(Channel channel, LiveFrontend.Settings settings) {
    FrontendOptions options = settings.plan().options();
    return !options.proxies().isEmpty() && options.proxied(address(channel));
  }

  private static boolean allowed(Channel channel, LiveFrontend.Settings settings) {
    return settings.plan().allows(address(channel));
  }

  private static byte[] address(Channel channel) {
    return channel.remote().getAddress().getAddress();
  }

  @Override
  void park(Channel arrived) {
    arrived.handler(Parked.INSTANCE);
  }

  @Override
  void unpark(Channel arrived) {
    if (arrived.isOpen()) {
      arrived.readAgain();
    }
  }

  @Override
  void abort(Channel arrived) {
    arrived.abort();
  }

  @Override
  void admit(Channel arrived, LiveFrontend.Settings settings) {
    Client client = new Client(arrived);
    if (proxied(arrived, settings)) {
      ProxyHeaderReader.read(arrived, client::told, client::untold);
    } else {
      client.begin(settings);
    }
  }

  private final class Client extends Guest {
    private final Channel accepted;
    private boolean crowded;

    Client(Channel accepted) {
      this.accepted = accepted;
    }

    /// A proxy in front told whom this is, if anybody but itself.
    private void told() {
      LiveFrontend.Settings settings = frontend.settings();
      if (closed()) {
        accepted.close();
        ended();
      } else if (allowed(accepted, settings)) {
        begin(settings);
      } else {
        refuse(accepted);
        ended();
      }
    }

    private void untold() {
      stats.count(Count.HEADERLESS);
      ended();
    }

    private void begin(LiveFrontend.Settings settings) {
      if (!within(settings)) {
        limited();
        return;
      }
      counted();
      EventLoop.TlsContext tls = settings.tls();
      if (tls == null) {
        serve(accepted);
        return;
      }
      worker.loop().startTls(accepted, tls, this::established, this::ended);
    }

    /// Takes what the client may have. HTTP is told by the session if there is nothing left.
    ///
    /// @return whether the connection may stay
    private boolean within(LiveFrontend.Settings settings) {
      ClientLimits limits = settings.snapshot().limits();
      byte[] from = address(accepted);
      if (settings.plan().mode() != Frontend.Mode.HTTP) {
        return paced(limits, from) && placed(limits, from);
      }
      if (!placed(limits, from)) {
        stats.count(Count.LIMITED);
        crowded = true;
      }
      return true;
    }

    @Override
    void abortUnserved() {
      accepted.abort();
    }

    private void established(Channel channel) {
      if (closed()) {
        channel.close();
        ended();
        return;
      }
      serve(channel);
    }

    private void serve(Channel channel) {
      served(session(channel, view()));
    }

    /// The mode cannot change under a session: see LiveFrontend.
    private Session session(Channel channel, Supplier<FrontendSnapshot> view) {
      return switch (frontend.settings().plan().mode()) {
        case HTTP ->
            speaksHttp2(channel)
                ? new Http2Session(channel, view, stats, worker.http(), this::ended)
                : new HttpSession(channel, view, stats, worker.http(), this::ended);
        case TCP ->
            new TcpSession(
                channel, frontend::snapshot, stats, worker.http().journal(), this::ended);
        case UDP, SCTP -> throw new IllegalStateException("these are no connections of TCP");
      };
    }

    private Supplier<FrontendSnapshot> view() {
      if (!crowded) {
        return frontend::snapshot;
      }
      FrontendSnapshot refusing = frontend.snapshot().forTooMany();
      return () -> refusing;
    }

    /// Whether that is what both sides agreed on.
    private static boolean speaksHttp2(Channel channel) {
      TlsInfo tls = channel.tls();
      return tls != null && "h2".equals(tls.applicationProtocol());
    }
  }

  /// Waits: what arrives meanwhile is read when the session starts.
  private enum Parked implements Handler {
    INSTANCE;

    @Override
    public void readable(Channel channel) {}

    @Override
    public void writable(Channel channel) {}
  }
}
