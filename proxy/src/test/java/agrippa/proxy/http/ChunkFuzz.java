package agrippa.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Any bytes as a chunked body: the scanner finds the end and the data that a plain reader of the
/// whole body finds, or neither does, however the bytes come in pieces.
public final class ChunkFuzz {
  private static final HeadLimits LIMITS = new HeadLimits(512, 64, 12, 24, 96);
  private static final String VALUE = "[\\t\\x20-\\x7e\\x80-\\xff]*";
  private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})(?:;(" + VALUE + "))?");
  private static final Pattern TRAILER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(" + VALUE + ")");
  private static final int PIECE = 24;

  /// A whole body.
  ///
  /// @param end behind its last byte
  private record Body(String data, int end) {}

  private final byte[] bytes;
  private final Random random;

  private ChunkFuzz(byte[] bytes) {
    this.bytes = bytes;
    this.random = new Random(Arrays.hashCode(bytes));
  }

  public static void fuzzerTestOneInput(byte[] bytes) {
    Body plain = plain(new String(bytes, ISO_8859_1));
    ChunkFuzz fuzz = new ChunkFuzz(bytes);
    for (int most : new int[] {bytes.length, 1, PIECE}) {
      assertThat(fuzz.scanned(most)).as("scanned by %d", most).isEqualTo(plain);
      String data = fuzz.unwrapped(most);
      assertThat(data).as("unwrapped by %d", most).isEqualTo(plain == null ? null : plain.data());
    }
  }

  /// Pieces of at most so many bytes, each with nothing behind it that could be looked at.
  private Buffer piece(int at, int most) {
    int count = Math.min(bytes.length - at, most == PIECE ? 1 + random.nextInt(PIECE) : most);
    Buffer in = Buffer.over(MemorySegment.ofArray(Arrays.copyOfRange(bytes, at, at + count)));
    in.window(0, count);
    return in;
  }

  /// The data here is found by a second scanner, so that the first one's end can be told.
  private @Nullable Body scanned(int most) {
    ChunkScanner scanner = new ChunkScanner(LIMITS);
    int at = 0;
    while (at < bytes.length && !scanner.done() && !scanner.bad()) {
      Buffer in = piece(at, most);
      int end = scanner.scan(in, 0, in.end());
      assertThat(end).isBetween(0, in.end());
      assertThat(end == in.end() || scanner.done() || scanner.bad()).as("reads on").isTrue();
      at += end;
    }
    return scanner.done() ? new Body(unwrapped(most), at) : null;
  }

  private @Nullable String unwrapped(int most) {
    ChunkScanner scanner = new ChunkScanner(LIMITS);
    StringBuilder data = new StringBuilder();
    int at = 0;
    while (at < bytes.length && !scanner.done() && !scanner.bad()) {
      Buffer in = piece(at, most);
      at += in.end();
      data.append(Ascii.text(in, 0, scanner.unwrap(in, 0, in.end())));
    }
    return scanner.done() ? data.toString() : null;
  }

  private static @Nullable Body plain(String text) {
    StringBuilder data = new StringBuilder();
    int at = 0;
    while (true) {
      int end = text.indexOf("\r\n", at);
      Matcher line = end < 0 ? null : SIZE.matcher(text.substring(at, end));
      if (line == null || !line.matches() || tooLong(line.group(2))) {
        return null;
      }
      long size = Long.parseLong(line.group(1), 16);
      at = end + 2;
      if (size == 0) {
        int behind = behindTrailers(text, at);
        return behind < 0 ? null : new Body(data.toString(), behind);
      }
      if (size > text.length() - at || !text.startsWith("\r\n", at + (int) size)) {
        return null;
      }
      data.append(text, at, at + (int) size);
      at += (int) size + 2;
    }
  }

  private static boolean tooLong(@Nullable String extension) {
    return extension != null && extension.length() >= LIMITS.chunkLine();
  }

  /// Where the body ends, or -1.
  private static int behindTrailers(String text, int from) {
    int at = from;
    int spent = 0;
    while (!text.startsWith("\r\n", at)) {
      int end = text.indexOf("\r\n", at);
      Matcher line = end < 0 ? null : TRAILER.matcher(text.substring(at, end));
      if (line == null || !line.matches() || means(line.group(1))) {
        return -1;
      }
      spent += line.group(1).length() + line.group(2).length();
      if (spent >= LIMITS.trailers()) {
        return -1;
      }
      at = end + 2;
    }
    return at + 2;
  }

  private static boolean means(String name) {
    byte[] lower = Ascii.bytes(name.toLowerCase(Locale.ROOT));
    return FieldName.means(lower, lower.length);
  }
}
