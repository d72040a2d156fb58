package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.Handler;

/// Sends back what comes, taking more only when the peer took that; ends when the peer ends.
final class Echo implements Handler {
  private final Buffer held = Buffer.allocate(64 * 1024);
  private boolean ended;

  static void on(Channel channel) {
    channel.handler(new Echo());
  }

  @Override
  public void readable(Channel channel) {
    relay(channel);
  }

  @Override
  public void writable(Channel channel) {
    relay(channel);
  }

  private void relay(Channel channel) {
    while (true) {
      if (!held.isEmpty() && channel.write(held) == Channel.FAILED) {
        finish(channel);
        return;
      }
      if (!held.isEmpty()) {
        return;
      }
      held.window(0, 0);
      if (ended) {
        finish(channel);
        return;
      }
      int got = channel.read(held);
      if (got == Channel.WOULD_BLOCK) {
        return;
      }
      if (got == Channel.FAILED) {
        finish(channel);
        return;
      }
      ended = got == Channel.END;
    }
  }

  private void finish(Channel channel) {
    if (channel.isOpen()) {
      channel.close();
      held.free();
    }
  }
}
