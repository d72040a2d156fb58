package agrippa.proxy.encode;

import agrippa.proxy.plan.Compression.Coding;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/// Bodies as other programs decode them.
public final class Decoded {
  private Decoded() {}

  /// A whole body.
  ///
  /// @throws IOException if it is not whole
  public static byte[] whole(Coding coding, byte[] body) throws IOException {
    try (InputStream in = decoder(coding, body)) {
      return in.readAllBytes();
    }
  }

  /// What can be known of a body of which this is the beginning.
  public static byte[] soFar(Coding coding, byte[] body) throws IOException {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    try (InputStream in = decoder(coding, body)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        decoded.write(b);
      }
    } catch (EOFException e) {
      return decoded.toByteArray();
    } catch (IOException e) {
      if (coding == Coding.ZSTD) {
        // Its library says so in words: the frame is not complete.
        return decoded.toByteArray();
      }
      throw e;
    }
    throw new AssertionError("it is whole");
  }

  private static InputStream decoder(Coding coding, byte[] body) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(body);
    return switch (coding) {
      case GZIP -> new GZIPInputStream(in);
      case ZSTD -> new ZstdInputStream(in);
    };
  }
}
