package agrippa.proxy.session;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramLink;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A socket to an endpoint that a test plays.
final class FakeLink implements DatagramLink {
  private final InetSocketAddress to;
  private final FakeLoop loop;
  private final Handler handler;
  private final List<String> waiting = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private boolean unreachable;
  private boolean patient;
  private boolean open = true;

  FakeLink(InetSocketAddress to, FakeLoop loop, Handler handler) {
    this.to = to;
    this.loop = loop;
    this.handler = handler;
  }

  /// The endpoint sends something.
  void arrive(String content) {
    loop.serve(() -> handler.arrived(datagram(loop, content)));
  }

  /// An ICMP message says that the endpoint cannot be reached; what waits does not go.
  void failure() {
    unreachable();
    List<String> unsent = List.copyOf(waiting);
    waiting.clear();
    loop.serve(handler::failed);
    unsent.forEach(it -> loop.serve(() -> handler.unsent(datagram(loop, it))));
  }

  /// The same, but the next call finds out before the loop does.
  void unreachable() {
    unreachable = true;
  }

  /// Has what is sent wait until [#flush].
  void patient() {
    patient = true;
  }

  void flush() {
    waiting.forEach(this::go);
    waiting.clear();
  }

  private void go(String content) {
    sent.add(content);
    handler.sent(content.getBytes(StandardCharsets.UTF_8).length);
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
  public boolean send(Buffer datagram) {
    if (unreachable) {
      return false;
    }
    if (patient) {
      waiting.add(text(datagram));
    } else {
      go(text(datagram));
    }
    return true;
  }

  static Buffer datagram(FakeLoop loop, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Buffer buffer = loop.scratch();
    buffer.put(buffer.end(), bytes, 0, bytes.length);
    buffer.produced(bytes.length);
    return buffer;
  }

  static String text(Buffer datagram) {
    byte[] bytes = new byte[datagram.length()];
    datagram.get(datagram.start(), bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      flush();
    }
  }
}
