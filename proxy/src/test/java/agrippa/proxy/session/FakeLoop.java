package agrippa.proxy.session;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.CopyPump;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Pump;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// A loop without thread, sockets or clock: a test says what happens and when.
final class FakeLoop implements EventLoop {
  private final Buffer scratch = Buffer.allocate(SCRATCH_FRONT + SCRATCH_ROOM);
  private final Deque<Runnable> ready = new ArrayDeque<>();
  private final List<FakeDeadline> deadlines = new ArrayList<>();
  private final Deque<FakeChannel> connecting = new ArrayDeque<>();
  private final List<FakeLink> links = new ArrayList<>();
  private DatagramPort givenPort;
  private DatagramLink givenLink;
  private DatagramPort.Handler givenPortsReader;
  private DatagramLink.Handler givenLinksReader;
  private boolean noLinks;
  private FakePort port;
  private long now = 1_000;
  private Channel next;

  /// An accepted connection.
  FakeChannel accept() {
    return new FakeChannel(
        this,
        new InetSocketAddress("192.0.2.7", 50_000),
        new InetSocketAddress("198.51.100.1", 8080));
  }

  /// The oldest connection that is being made.
  FakeChannel connecting() {
    return connecting.remove();
  }

  boolean connects() {
    return !connecting.isEmpty();
  }

  /// Makes every connection lead to this channel.
  void connectsTo(Channel channel) {
    next = channel;
  }

  /// Serves those who asked for more.
  void turn() {
    while (!ready.isEmpty()) {
      serve(ready.remove());
    }
  }

  void serve(Runnable work) {
    scratch.window(SCRATCH_FRONT, SCRATCH_FRONT);
    work.run();
  }

  void later(Runnable work) {
    ready.add(work);
  }

  void advance(long millis) {
    now += millis;
    for (FakeDeadline deadline : List.copyOf(deadlines)) {
      if (deadline.at <= now) {
        deadline.at = Long.MAX_VALUE;
        serve(deadline.expired);
      }
    }
    turn();
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public Buffer scratch() {
    return scratch;
  }

  @Override
  public Channel connect(InetSocketAddress to, TlsContext tls, String serverName, Handler handler) {
    if (next != null) {
      next.handler(handler);
      return next;
    }
    FakeChannel channel = new FakeChannel(this, to, new InetSocketAddress("198.51.100.1", 40_000));
    channel.handler(handler);
    connecting.add(channel);
    return channel;
  }

  @Override
  public ServerChannel listen(InetSocketAddress at, Consumer<Channel> accepted) {
    throw new UnsupportedOperationException("tests accept by hand");
  }

  /// Makes datagrams come and go through these.
  void datagramsThrough(DatagramPort ownPort, DatagramLink ownLink) {
    givenPort = ownPort;
    givenLink = ownLink;
  }

  /// Who opened the given port.
  DatagramPort.Handler portsReader() {
    return givenPortsReader;
  }

  /// Who opened the given link.
  DatagramLink.Handler linksReader() {
    return givenLinksReader;
  }

  @Override
  public DatagramPort datagrams(InetSocketAddress at, DatagramPort.Handler handler) {
    if (givenPort != null) {
      givenPortsReader = handler;
      return givenPort;
    }
    port = new FakePort(at, this, handler);
    return port;
  }

  /// The port that was opened last.
  FakePort port() {
    return port;
  }

  @Override
  public DatagramLink link(InetSocketAddress to, DatagramLink.Handler handler) {
    if (givenLink != null) {
      givenLinksReader = handler;
      return givenLink;
    }
    if (noLinks) {
      return null;
    }
    FakeLink link = new FakeLink(to, this, handler);
    links.add(link);
    return link;
  }

  /// Every link that was opened, the oldest first.
  List<FakeLink> links() {
    return links;
  }

  /// Whether the system has no sockets left for links.
  void noLinks(boolean none) {
    noLinks = none;
  }

  @Override
  public Deadline deadline(Runnable expired) {
    FakeDeadline deadline = new FakeDeadline(expired);
    deadlines.add(deadline);
    return deadline;
  }

  @Override
  public Pump pump(Channel from, Channel to) {
    return new CopyPump(this, from, to);
  }

  @Override
  public Buffer borrow() {
    return Buffer.allocate(SCRATCH_ROOM);
  }

  @Override
  public void giveBack(Buffer buffer) {
    buffer.free();
  }

  @Override
  public void close() {
    scratch.free();
  }

  private final class FakeDeadline implements Deadline {
    private final Runnable expired;
    private long at = Long.MAX_VALUE;

    FakeDeadline(Runnable expired) {
      this.expired = expired;
    }

    @Override
    public void in(long millis) {
      at = now + millis;
    }

    @Override
    public void cancel() {
      at = Long.MAX_VALUE;
    }
  }
}
