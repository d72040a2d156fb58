package agrippa.proxy.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/// A handler that reads all there is and remembers what it heard. Its fields belong to the loop; a
/// test waits for the futures first.
class Script implements Handler {
  final CompletableFuture<Channel> connected = new CompletableFuture<>();
  final CompletableFuture<ConnectFailure> refused = new CompletableFuture<>();
  final CompletableFuture<Channel> bytesCame = new CompletableFuture<>();
  final CompletableFuture<Integer> ended = new CompletableFuture<>();
  final ByteArrayOutputStream received = new ByteArrayOutputStream();

  @Override
  public void connected(Channel channel) {
    connected.complete(channel);
  }

  @Override
  public void connectFailed(Channel channel, ConnectFailure why) {
    refused.complete(why);
  }

  @Override
  public void readable(Channel channel) {
    Buffer buffer = channel.loop().scratch();
    int count = channel.read(buffer);
    if (count > 0) {
      boolean more = buffer.room() == 0;
      take(channel, buffer);
      if (more) {
        channel.readAgain();
      }
    } else if (count != Channel.WOULD_BLOCK) {
      end(channel, count);
    }
  }

  void take(Channel channel, Buffer buffer) {
    byte[] bytes = new byte[buffer.length()];
    buffer.get(buffer.start(), bytes, 0, bytes.length);
    received.writeBytes(bytes);
    bytesCame.complete(channel);
  }

  void end(Channel channel, int how) {
    channel.close();
    ended.complete(how);
  }

  @Override
  public void writable(Channel channel) {}

  /// Sends a short text, which the kernel takes at once.
  static void send(Channel channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    Buffer buffer = Buffer.allocate(bytes.length);
    buffer.put(0, bytes, 0, bytes.length);
    buffer.produced(bytes.length);
    int count = channel.write(buffer);
    buffer.free();
    if (count != bytes.length) {
      throw new AssertionError("sent " + count + " of " + bytes.length);
    }
  }

  /// Sends back what comes, and ends when the peer does.
  static final class Echo extends Script {
    @Override
    void take(Channel channel, Buffer buffer) {
      super.take(channel, buffer);
      int length = buffer.length();
      if (channel.write(buffer) != length) {
        throw new AssertionError("the kernel did not take " + length + " bytes");
      }
    }
  }
}
