package agrippa.proxy.session;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.PeerAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// An address where a test's clients send datagrams.
final class FakePort implements DatagramPort {
  private record Datagram(InetSocketAddress from, byte[] content) {}

  private final InetSocketAddress local;
  private final Runnable arrived;
  private final Deque<Datagram> queue = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();
  private boolean open = true;

  FakePort(InetSocketAddress local, Runnable arrived) {
    this.local = local;
    this.arrived = arrived;
  }

  /// A client sends something.
  void arrive(InetSocketAddress from, String content) {
    queue.add(new Datagram(from, content.getBytes(StandardCharsets.UTF_8)));
    arrived.run();
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
  public int receive(Buffer into, PeerAddress from) {
    Datagram next = queue.poll();
    if (next == null) {
      return NOTHING;
    }
    into.put(into.end(), next.content, 0, next.content.length);
    into.produced(next.content.length);
    from.set(next.from);
    return next.content.length;
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
