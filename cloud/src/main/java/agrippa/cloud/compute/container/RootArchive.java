package agrippa.cloud.compute.container;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Unpacks the archive of a root file system: tar (POSIX.1-2001 `ustar` and `pax`, or GNU), perhaps
/// compressed with gzip. Whoever wrote it may mean harm: nothing is written outside the target, not
/// by `..` and not through links, and devices are left out.
final class RootArchive {
  private static final int BLOCK = 512;
  private static final long MOST_BYTES = 8L << 30;
  private static final int MOST_ENTRIES = 1_000_000;
  private static final int LONGEST_TEXT = 65_536;

  private final InputStream in;
  private final Path target;
  private final boolean owners;
  private long bytes;
  private int entries;

  private RootArchive(InputStream in, Path target, boolean owners) {
    this.in = in;
    this.target = target;
    this.owners = owners;
  }

  /// An archive that nothing can be made of.
  static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1;

    BrokenException(String message) {
      super(message);
    }
  }

  /// @param target an empty folder
  /// @param owners whether files get the owners that the archive says, for which one must be root
  /// @throws BrokenException if it is no such archive, or means harm
  static void unpack(Path archive, Path target, boolean owners) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive))) {
      file.mark(2);
      boolean compressed = file.read() == 0x1f && file.read() == 0x8b;
      file.reset();
      new RootArchive(
              compressed ? new BufferedInputStream(new GZIPInputStream(file)) : file,
              target,
              owners)
          .unpack();
    } catch (EOFException e) {
      throw new BrokenException("it ends too early");
    }
  }

  /// What stands before a file in the archive.
  ///
  /// @param mode permissions with the bits for set-user-id and the like
  private record Entry(
      String name, char type, long size, int mode, int uid, int gid, String link) {}

  private void unpack() throws IOException {
    Map<String, String> more = new HashMap<>();
    for (Entry entry = next(more); entry != null; entry = next(more)) {
      switch (entry.type) {
        case 'x' -> more.putAll(attributes(text(entry)));
        case 'L' -> more.put("path", withoutEnd(text(entry)));
        case 'K' -> more.put("linkpath", withoutEnd(text(entry)));
        default -> {
          write(entry);
          more.clear();
        }
      }
    }
    if (entries == 0) {
      throw new BrokenException("it is empty");
    }
  }

  private @Nullable Entry next(Map<String, String> more) throws IOException {
    byte[] header = in.readNBytes(BLOCK);
    if (header.length < BLOCK) {
      throw new EOFException();
    }
    if (isEmpty(header)) {
      return null;
    }
    if (number(header, 148, 8) != sum(header)) {
      throw new BrokenException("it is no tar archive, or damaged");
    }
    entries++;
    if (entries > MOST_ENTRIES) {
      throw new BrokenException("it has more than " + MOST_ENTRIES + " entries");
    }
    char type = header[156] == 0 ? '0' : (char) header[156];
    // Those say something of the entry behind them, and nothing was said of them.
    Map<String, String> said = "xgLK".indexOf(type) < 0 ? more : Map.of();
    boolean posix = string(header, 257, 6).equals("ustar");
    String prefix = posix ? string(header, 345, 155) : "";
    String name = string(header, 0, 100);
    return new Entry(
        said.getOrDefault("path", prefix.isEmpty() ? name : prefix + "/" + name),
        type,
        said.containsKey("size") ? decimal(said.get("size")) : number(header, 124, 12),
        (int) number(header, 100, 8) & 07777,
        (int) (said.containsKey("uid") ? decimal(said.get("uid")) : number(header, 108, 8)),
        (int) (said.containsKey("gid") ? decimal(said.get("gid")) : number(header, 116, 8)),
        said.getOrDefault("linkpath", string(header, 157, 100)));
  }

  private static boolean isEmpty(byte[] block) {
    for (byte it : block) {
      if (it != 0) {
        return false;
      }
    }
    return true;
  }

  private static long sum(byte[] header) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : Byte.toUnsignedInt(header[i]);
    }
    return sum;
  }

  /// Octal digits, or as GNU writes what is too big for them: the first bit set, then binary.
  private static long number(byte[] header, int at, int length) throws BrokenException {
    if ((header[at] & 0x80) != 0) {
      long value = header[at] & 0x3f;
      for (int i = at + 1; i < at + length; i++) {
        if (value > Long.MAX_VALUE >> 9) {
          throw new BrokenException("it has a number that is too big");
        }
        value = value << 8 | Byte.toUnsignedInt(header[i]);
      }
      return value;
    }
    String digits = string(header, at, length).strip();
    if (!digits.matches("[0-7]{0,20}")) {
      throw new BrokenException("it is no tar archive, or damaged");
    }
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private static long decimal(@Nullable String text) throws BrokenException {
    if (text == null || !text.matches("[0-9]{1,18}")) {
      throw new BrokenException("it is no tar archive, or damaged");
    }
    return Long.parseLong(text);
  }

  private static String string(byte[] header, int at, int length) {
    int end = at;
    while (end < at + length && header[end] != 0) {
      end++;
    }
    return new String(header, at, end - at, StandardCharsets.UTF_8);
  }

  private static String withoutEnd(String text) {
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private String text(Entry entry) throws IOException {
    if (entry.size > LONGEST_TEXT) {
      throw new BrokenException("it has a name that is too long");
    }
    byte[] text = in.readNBytes((int) entry.size);
    skipPadding(entry.size);
    return new String(text, StandardCharsets.UTF_8);
  }

  /// Lines of the form `length key=value`, where the length counts the whole line.
  private static Map<String, String> attributes(String text) throws BrokenException {
    Map<String, String> attributes = new HashMap<>();
    for (String line : text.split("\n")) {
      int blank = line.indexOf(' ');
      int equals = line.indexOf('=');
      if (blank > 0 && equals > blank) {
        attributes.put(line.substring(blank + 1, equals), line.substring(equals + 1));
      } else if (!line.isEmpty()) {
        throw new BrokenException("it is no tar archive, or damaged");
      }
    }
    return attributes;
  }

  private void skipPadding(long size) throws IOException {
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }

  private void write(Entry entry) throws IOException {
    long size = entry.type == '0' || entry.type == '7' ? entry.size : 0;
    bytes += size;
    if (bytes > MOST_BYTES) {
      throw new BrokenException("it is longer than " + MOST_BYTES + " bytes");
    }
    switch (entry.type) {
      case '0', '7' -> file(entry);
      case '1' -> hardLink(entry);
      case '2' -> symbolicLink(entry);
      case '5' -> folder(entry);
      // Devices and pipes: a server has those that its driver makes.
      case '3', '4', '6', 'g' -> in.skipNBytes(entry.size + (BLOCK - entry.size % BLOCK) % BLOCK);
      default ->
          throw new BrokenException("it has entries of the unknown type " + (int) entry.type);
    }
  }

  private void file(Entry entry) throws IOException {
    Path path = place(entry.name);
    clear(path);
    try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
      byte[] piece = new byte[BLOCK * 128];
      for (long left = entry.size; left > 0; ) {
        int read = in.read(piece, 0, (int) Math.min(left, piece.length));
        if (read < 0) {
          throw new EOFException();
        }
        out.write(piece, 0, read);
        left -= read;
      }
    }
    skipPadding(entry.size);
    own(path, entry);
    Files.setAttribute(path, "unix:mode", entry.mode);
  }

  private void folder(Entry entry) throws IOException {
    Path path = place(entry.name);
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      clear(path);
      Files.createDirectory(path);
    }
    own(path, entry);
    // What belongs into it is still to come.
    Files.setAttribute(path, "unix:mode", entry.mode | 0700);
  }

  private void symbolicLink(Entry entry) throws IOException {
    Path path = place(entry.name);
    clear(path);
    Files.createSymbolicLink(path, Path.of(entry.link));
    own(path, entry);
  }

  private void hardLink(Entry entry) throws IOException {
    Path path = place(entry.name);
    Path other = place(entry.link);
    if (!Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS) || path.equals(other)) {
      throw new BrokenException("it has a link to what is no file before it");
    }
    clear(path);
    Files.createLink(path, other);
  }

  private void own(Path path, Entry entry) throws IOException {
    if (owners) {
      Files.setAttribute(path, "unix:uid", entry.uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", entry.gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static void clear(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new BrokenException("it has a folder and something else of the same name");
    }
    Files.deleteIfExists(path);
  }

  /// Where something goes: below the target, and never through a link. Folders on the way are made.
  private Path place(String name) throws IOException {
    Path path = target;
    String[] parts = name.split("/");
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..") || part.indexOf('\0') >= 0) {
        throw new BrokenException("it has a file outside of itself");
      }
      if (!path.equals(target) && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          throw new BrokenException("it has a file below what is no folder");
        }
        Files.createDirectory(path);
      }
      path = path.resolve(part);
    }
    return path;
  }
}
