package agrippa.proxy.encode;

import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// gzip (RFC 1952), with the JDK's zlib.
final class GzipEncoder implements BodyEncoder {
  // Magic, deflate, no flags, no time, fastest, on an unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32 sum = new CRC32();
  private final byte[] trailer = new byte[8];
  private boolean begun;

  @Override
  public Coding coding() {
    return Coding.GZIP;
  }

  @Override
  public void encode(Buffer from, Buffer to, boolean last) {
    if (!begun) {
      begun = true;
      append(to, HEADER);
    }
    sum.update(from.contentView());
    deflater.setInput(from.contentView());
    if (last) {
      deflater.finish();
    }
    to.produced(deflater.deflate(to.roomView(), Deflater.SYNC_FLUSH));
    if (last ? !deflater.finished() : to.room() == 0) {
      throw new IllegalStateException("more came out than " + from.length() + " bytes can become");
    }
    if (last) {
      put(0, sum.getValue());
      put(4, deflater.getBytesRead());
      append(to, trailer);
    }
  }

  /// Least significant byte first.
  private void put(int at, long value) {
    for (int i = 0; i < 4; i++) {
      trailer[at + i] = (byte) (value >> 8 * i);
    }
  }

  private static void append(Buffer to, byte[] bytes) {
    to.put(to.end(), bytes, 0, bytes.length);
    to.produced(bytes.length);
  }

  @Override
  public void reset() {
    deflater.reset();
    sum.reset();
    begun = false;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
