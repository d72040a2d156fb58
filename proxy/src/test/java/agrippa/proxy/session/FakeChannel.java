package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.TlsInfo;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;

/// A connection whose other end is the test. Tells events as edges, as strictly as [Handler]
/// allows: nothing is told twice.
final class FakeChannel implements Channel {
  private final FakeLoop loop;
  private InetSocketAddress remote;
  private InetSocketAddress local;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private Handler handler;
  private TlsInfo tls;
  private byte[] incoming = new byte[0];
  private boolean ended;
  private boolean failed;
  private boolean open = true;
  private boolean aborted;
  private boolean outputShut;
  private boolean queued;
  private int capacity = Integer.MAX_VALUE;
  private int reads;
  private boolean blocked;

  // Whether a read said that there is nothing left, so that the next thing is told.
  private boolean watched = true;

  FakeChannel(FakeLoop loop, InetSocketAddress remote, InetSocketAddress local) {
    this.loop = loop;
    this.remote = remote;
    this.local = local;
  }

  // ---- what the other end does

  FakeChannel establish() {
    loop.serve(() -> handler.connected(this));
    loop.turn();
    return this;
  }

  void refuse() {
    open = false;
    loop.serve(() -> handler.connectFailed(this, Handler.ConnectFailure.REFUSED));
    loop.turn();
  }

  void receive(String text) {
    receive(text.getBytes(ISO_8859_1));
  }

  void receive(byte[] bytes) {
    incoming = Arrays.copyOf(incoming, incoming.length + bytes.length);
    System.arraycopy(bytes, 0, incoming, incoming.length - bytes.length, bytes.length);
    tellReadable();
  }

  void end() {
    ended = true;
    tellReadable();
  }

  /// The last bytes and the end at once.
  void receiveAndEnd(String text) {
    ended = true;
    receive(text);
  }

  void fail() {
    failed = true;
    tellReadable();
  }

  private void tellReadable() {
    if (open && watched) {
      watched = false;
      loop.serve(() -> handler.readable(this));
    }
    loop.turn();
  }

  /// Takes this many bytes and no more.
  void allow(int bytes) {
    capacity = bytes;
    if (blocked && bytes > 0) {
      blocked = false;
      loop.serve(() -> handler.writable(this));
      loop.turn();
    }
  }

  /// What was sent since this was asked last.
  String sent() {
    String text = sent.toString(ISO_8859_1);
    sent.reset();
    return text;
  }

  void tls(TlsInfo info) {
    tls = info;
  }

  boolean aborted() {
    return aborted;
  }

  boolean outputShut() {
    return outputShut;
  }

  int reads() {
    return reads;
  }

  // ---- what the session does

  @Override
  public int read(Buffer into) {
    if (into.room() == 0) {
      throw new IllegalArgumentException("no room");
    }
    if (!open) {
      throw new IllegalStateException("closed");
    }
    reads++;
    if (failed) {
      return FAILED;
    }
    if (incoming.length == 0) {
      watched = true;
      return ended ? END : WOULD_BLOCK;
    }
    int count = Math.min(into.room(), incoming.length);
    boolean leavesRoom = count < into.room();
    into.put(into.end(), incoming, 0, count);
    into.produced(count);
    incoming = Arrays.copyOfRange(incoming, count, incoming.length);
    watched = leavesRoom;
    if (leavesRoom && ended) {
      readAgain();
    }
    return count;
  }

  @Override
  public int write(Buffer from) {
    if (!open || failed) {
      return FAILED;
    }
    int count = Math.min(capacity, from.length());
    byte[] bytes = new byte[count];
    from.get(from.start(), bytes, 0, count);
    from.consume(count);
    sent.write(bytes, 0, count);
    capacity -= count;
    blocked = !from.isEmpty();
    return count;
  }

  @Override
  public void shutdownOutput() {
    outputShut = true;
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public void abort() {
    aborted |= open;
    open = false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void handler(Handler next) {
    handler = next;
  }

  @Override
  public void readAgain() {
    if (!queued) {
      queued = true;
      loop.later(
          () -> {
            queued = false;
            if (open) {
              watched = false;
              handler.readable(this);
            }
          });
    }
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void relayed(InetSocketAddress from, InetSocketAddress to) {
    remote = from;
    local = to;
  }

  @Override
  public TlsInfo tls() {
    return tls;
  }
}
