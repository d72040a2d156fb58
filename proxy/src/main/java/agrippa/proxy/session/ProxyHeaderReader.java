package agrippa.proxy.session;

import agrippa.proxy.session.ProxyHeaderScanner.Progress;
import agrippa.proxy.session.ProxyHeaderScanner.Told;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.Deadline;
import agrippa.proxy.transport.Handler;

/// Waits for the header of the PROXY protocol at the beginning of a connection, and leaves what
/// comes behind it to be read by others.
public final class ProxyHeaderReader implements Handler {
  private static final System.Logger LOG = System.getLogger(ProxyHeaderReader.class.getName());

  /// Longest wait for all of it. Proxies send it at once; the specification asks for time to send
  /// a lost packet again, which is three seconds.
  static final long PATIENCE_MILLIS = 5_000;

  private final ProxyHeaderScanner scanner = new ProxyHeaderScanner();
  private final Channel channel;
  private final Runnable told;
  private final Runnable failed;
  private final Deadline deadline;

  private ProxyHeaderReader(Channel channel, Runnable told, Runnable failed) {
    this.channel = channel;
    this.told = told;
    this.failed = failed;
    this.deadline = channel.loop().deadline(this::expired);
  }

  /// Begins. At the end, either `told` is called, when the channel knows whom it is for, or
  /// `failed` when it is closed for want of a header; neither if somebody else closes it before.
  ///
  /// @param channel just accepted
  public static void read(Channel channel, Runnable told, Runnable failed) {
    ProxyHeaderReader reader = new ProxyHeaderReader(channel, told, failed);
    channel.handler(reader);
    reader.deadline.in(PATIENCE_MILLIS);
  }

  @Override
  public void readable(Channel of) {
    Buffer scratch = channel.loop().scratch();
    Progress progress = Progress.MORE;
    boolean drained = false;
    while (progress == Progress.MORE && !drained) {
      int wanted = scanner.wanted();
      scratch.roomAtMost(wanted);
      int count = channel.read(scratch);
      if (count == Channel.END || count == Channel.FAILED) {
        fail("the connection ended");
        return;
      }
      drained = count < wanted;
      progress = scanner.take(scratch);
    }
    switch (progress) {
      case MORE -> {}
      case DONE -> done();
      case BAD -> fail(scanner.complaint());
    }
  }

  /// Nothing is written before the header is there.
  @Override
  public void writable(Channel of) {}

  private void done() {
    deadline.cancel();
    if (scanner.told() instanceof Told.Relayed(var from, var to)) {
      channel.relayed(from, to);
    }
    told.run();
    // What is there already was told to this reader.
    if (channel.isOpen()) {
      channel.readAgain();
    }
  }

  private void expired() {
    if (channel.isOpen()) {
      fail("it did not come in time");
    }
  }

  private void fail(String why) {
    LOG.log(
        System.Logger.Level.DEBUG,
        () -> "no PROXY header from %s: %s".formatted(channel.remote(), why));
    deadline.cancel();
    channel.close();
    failed.run();
  }
}
