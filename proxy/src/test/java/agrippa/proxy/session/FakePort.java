package agrippa.proxy.session;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.PeerAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// An address where a test's clients send datagrams.
final class FakePort implements DatagramPort {
  private final InetSocketAddress local;
  private final FakeLoop loop;
  private final Handler handler;
  private final PeerAddress sender = new PeerAddress();
  private final List<String> sent = new ArrayList<>();
  private boolean open = true;

  FakePort(InetSocketAddress local, FakeLoop loop, Handler handler) {
    this.local = local;
    this.loop = loop;
    this.handler = handler;
  }

  /// A client sends something.
  void arrive(InetSocketAddress from, String content) {
    sender.set(from);
    loop.serve(() -> handler.arrived(FakeLink.datagram(loop, content), sender));
  }

  /// What went to clients since this was asked last, as `content to address:port`.
  List<String> sent() {
    List<String> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  boolean isOpen() {
    return open;
  }

  @Override
  public void send(Buffer datagram, PeerAddress to) {
    sent.add(FakeLink.text(datagram) + " to " + text(to.socketAddress()));
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void close() {
    open = false;
  }
}
