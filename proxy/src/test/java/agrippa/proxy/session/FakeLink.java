package agrippa.proxy.session;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramLink;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A socket to an endpoint that a test plays.
final class FakeLink implements DatagramLink {
  private final InetSocketAddress to;
  private final Runnable readable;
  private final Deque<String> queue = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();
  private boolean unreachable;
  private boolean open = true;

  FakeLink(InetSocketAddress to, Runnable readable) {
    this.to = to;
    this.readable = readable;
  }

  /// The endpoint sends something.
  void arrive(String content) {
    queue.add(content);
    readable.run();
  }

  /// An ICMP message says that the endpoint cannot be reached.
  void failure() {
    unreachable();
    readable.run();
  }

  /// The same, but the next call finds out before the loop does.
  void unreachable() {
    unreachable = true;
  }

  InetSocketAddress to() {
    return to;
  }

  List<String> sent() {
    return sent;
  }

  boolean isOpen() {
    return open;
  }

  @Override
  public int receive(Buffer into) {
    if (unreachable) {
      return FAILED;
    }
    String next = queue.poll();
    if (next == null) {
      return NOTHING;
    }
    byte[] bytes = next.getBytes(StandardCharsets.UTF_8);
    into.put(into.end(), bytes, 0, bytes.length);
    into.produced(bytes.length);
    return bytes.length;
  }

  @Override
  public boolean send(Buffer datagram) {
    if (unreachable) {
      return false;
    }
    sent.add(text(datagram));
    return true;
  }

  static String text(Buffer datagram) {
    byte[] bytes = new byte[datagram.length()];
    datagram.get(datagram.start(), bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    open = false;
  }
}
