package agrippa.proxy.encode;

import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.util.Native;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/// Zstandard (RFC 8878), with its own library.
final class ZstdEncoder implements BodyEncoder {
  private static final Logger LOG = System.getLogger(ZstdEncoder.class.getName());

  private static final int LEVEL = 1;

  /// 128 KiB, of the 8 MiB that clients must have (RFC 9659): each encoder has as much, too.
  private static final int WINDOW_BITS = 17;

  private final ZstdCompressCtx context = new ZstdCompressCtx();

  ZstdEncoder() {
    configure();
  }

  /// Whether the library is there for this system; loads it.
  static boolean loads() {
    try {
      Native.load();
      return true;
    } catch (LinkageError | RuntimeException e) {
      LOG.log(Level.WARNING, "there is no zstd here, and responses are sent without it", e);
      return false;
    }
  }

  private void configure() {
    context.setLevel(LEVEL).setWindowLog(WINDOW_BITS).setChecksum(false);
  }

  @Override
  public Coding coding() {
    return Coding.ZSTD;
  }

  @Override
  public void encode(Buffer from, Buffer to, boolean last) {
    ByteBuffer content = from.contentView();
    ByteBuffer room = to.roomView();
    int before = room.position();
    EndDirective how = last ? EndDirective.END : EndDirective.FLUSH;
    if (!context.compressDirectByteBufferStream(room, content, how)) {
      throw new IllegalStateException("more came out than " + from.length() + " bytes can become");
    }
    to.produced(room.position() - before);
  }

  @Override
  public void reset() {
    context.reset();
    // That forgot these, too.
    configure();
  }

  @Override
  public void close() {
    context.close();
  }
}
