package agrippa.cloud.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive in the `ustar` format (POSIX.1-1988). Everything in it belongs to root unless
/// said otherwise, and is as old as the epoch, so that the same content makes the same archive.
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 100;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  void folder(String name, int mode, int owner) throws IOException {
    header(name + "/", mode, owner, 0, '5', "");
  }

  void link(String name, String target) throws IOException {
    header(name, 0777, 0, 0, '2', target);
  }

  void file(String name, int mode, byte[] content) throws IOException {
    header(name, mode, 0, content.length, '0', "");
    out.write(content);
    out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  /// Two empty blocks say that this is all.
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private void header(String name, int mode, int owner, long size, char type, String target)
      throws IOException {
    if (name.length() > LONGEST_NAME || target.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("too long for ustar: " + name);
    }
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, "%07o".formatted(mode));
    put(block, 108, "%07o".formatted(owner));
    put(block, 116, "%07o".formatted(owner));
    put(block, 124, "%011o".formatted(size));
    put(block, 136, "%011o".formatted(0));
    // The checksum is taken over the header with blanks in its own place.
    put(block, 148, "        ");
    block[156] = (byte) type;
    put(block, 157, target);
    put(block, 257, "ustar");
    put(block, 263, "00");
    int sum = 0;
    for (byte it : block) {
      sum += Byte.toUnsignedInt(it);
    }
    put(block, 148, "%06o\0 ".formatted(sum));
    out.write(block);
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
