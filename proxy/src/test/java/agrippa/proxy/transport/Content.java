package agrippa.proxy.transport;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// Long content that is recognized at the other end.
final class Content {
  private Content() {}

  /// Bytes that look random, the same for the same length.
  static byte[] of(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /// Of all that comes until the end.
  static String hash(InputStream in) throws IOException {
    MessageDigest digest = digest();
    byte[] part = new byte[64 * 1024];
    for (int count = in.read(part); count >= 0; count = in.read(part)) {
      digest.update(part, 0, count);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Sends content as fast as the peer takes it, and then ends.
  static final class Sender extends Script {
    final CompletableFuture<Boolean> blocked = new CompletableFuture<>();
    private final Buffer left;

    Sender(byte[] content) {
      left = Buffer.allocate(content.length);
      left.put(0, content, 0, content.length);
      left.produced(content.length);
    }

    void begin(Channel channel) {
      channel.handler(this);
      writable(channel);
    }

    @Override
    public void writable(Channel channel) {
      channel.write(left);
      if (left.isEmpty()) {
        channel.close();
        left.free();
      } else {
        blocked.complete(true);
      }
    }
  }
}
