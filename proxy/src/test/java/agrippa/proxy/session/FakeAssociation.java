package agrippa.proxy.session;

import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.Message;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// An association without a socket: a test says what comes, and sees what goes.
final class FakeAssociation implements Association {
  private final InetSocketAddress remote;
  private final Queue<Object> coming = new ArrayDeque<>();
  final List<String> sent = new ArrayList<>();
  private Handler handler;
  boolean receiving = true;
  boolean full;
  boolean shutdown;
  boolean closed;
  boolean aborted;

  FakeAssociation(String host, Handler handler) {
    this.remote = new InetSocketAddress(host, 2905);
    this.handler = handler;
  }

  void established() {
    handler.connected(this);
  }

  void refused() {
    handler.connectFailed(this);
  }

  /// Messages come.
  FakeAssociation says(String... texts) {
    coming.addAll(List.of(texts));
    tell();
    return this;
  }

  /// Its end comes, or that it is broken.
  FakeAssociation ends(Result how) {
    coming.add(how);
    tell();
    return this;
  }

  void tell() {
    if (receiving && !closed && !coming.isEmpty()) {
      handler.readable(this);
    }
  }

  void room() {
    full = false;
    handler.writable(this);
  }

  @Override
  public Result receive(Message into) {
    Object next = coming.poll();
    if (next == null) {
      return Result.WAIT;
    }
    if (next instanceof Result end) {
      return end;
    }
    into.clear();
    into.room().put(((String) next).getBytes(StandardCharsets.US_ASCII));
    into.describe(3, 46, true);
    return Result.DONE;
  }

  @Override
  public Result send(Message message) {
    if (full) {
      return Result.WAIT;
    }
    String text = StandardCharsets.US_ASCII.decode(message.content()).toString();
    sent.add(text + " " + message.stream() + " " + message.protocol() + " " + message.unordered());
    return Result.DONE;
  }

  @Override
  public void receiving(boolean now) {
    receiving = now;
  }

  @Override
  public void handler(Handler next) {
    handler = next;
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void abort() {
    aborted = true;
    closed = true;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }
}
