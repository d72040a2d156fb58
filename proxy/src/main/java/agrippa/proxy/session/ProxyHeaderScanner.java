package agrippa.proxy.session;

import agrippa.proxy.transport.Buffer;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Reads the header of the PROXY protocol, version 1 or 2 (HAProxy's `doc/proxy-protocol.txt`),
/// and knows where it ends: whoever reads as much as is [#wanted] leaves what comes behind it.
public final class ProxyHeaderScanner {
  /// What came of some bytes.
  public enum Progress {
    MORE,
    DONE,
    /// It is no such header, and nothing can be said of what follows.
    BAD
  }

  /// What a header tells.
  public sealed interface Told {
    /// @param from the client
    /// @param to where it connected
    record Relayed(InetSocketAddress from, InetSocketAddress to) implements Told {}

    /// Nothing: the connection is the proxy's own, such as a check, or addresses are of a kind
    /// that nobody could use here.
    record Nothing() implements Told {}

    /// @param why for those who search for the reason
    record Malformed(String why) implements Told {}
  }

  static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

  /// Bytes of version 2 before what its length counts.
  static final int FIXED = 16;

  private static final byte[] LINE = {'P', 'R', 'O', 'X', 'Y', ' '};
  private static final int SHORTEST_LINE = "PROXY UNKNOWN\r\n".length();

  /// As the specification has it, the end of the line included.
  private static final int LONGEST_LINE = 107;

  /// Spaces of a line that tells of addresses.
  private static final int SPACES = 5;

  /// Most bytes behind the fixed ones. The specification allows 64 KiB; what is known to be sent
  /// has some hundreds.
  private static final int LONGEST_BLOCK = 4_096;

  private byte[] header = new byte[LONGEST_LINE];
  private int length;
  private @Nullable Told told;

  /// How many bytes more it has at the least, so that nothing behind it is among them; 0 when it
  /// is complete or broken.
  public int wanted() {
    if (told != null) {
      return 0;
    }
    if (length < SHORTEST_LINE) {
      return SHORTEST_LINE - length;
    }
    return isLine() ? wantedOfLine() : wantedOfBlock();
  }

  private boolean isLine() {
    return header[0] == LINE[0];
  }

  /// Of each field that is still to come at least a space and a character, and the line's end.
  private int wantedOfLine() {
    if (header[length - 1] == '\r') {
      return 1;
    }
    int spaces = 0;
    for (int i = 0; i < length; i++) {
      spaces += header[i] == ' ' ? 1 : 0;
    }
    boolean addresses = header[LINE.length] == 'T';
    int fields = addresses ? Math.max(0, SPACES - spaces) : 0;
    return Math.min(2 * fields + 2, LONGEST_LINE - length);
  }

  private int wantedOfBlock() {
    return length < FIXED ? FIXED - length : FIXED + blockLength() - length;
  }

  private int blockLength() {
    return (header[14] & 0xff) << 8 | header[15] & 0xff;
  }

  /// Takes what came, which must not be more than was [#wanted].
  public Progress take(Buffer from) {
    int count = from.length();
    if (count > wanted()) {
      throw new IllegalArgumentException(count + " bytes, wanted " + wanted());
    }
    from.get(from.start(), header, length, count);
    from.consume(count);
    length += count;
    Told found = told == null ? look() : told;
    told = found;
    return switch (found) {
      case null -> Progress.MORE;
      case Told.Relayed _, Told.Nothing() -> Progress.DONE;
      case Told.Malformed _ -> Progress.BAD;
    };
  }

  /// What the header tells, once it is complete.
  public Told told() {
    if (told == null) {
      throw new IllegalStateException("the header is not complete");
    }
    return told;
  }

  /// Why it is bad.
  String complaint() {
    return told() instanceof Told.Malformed(String why) ? why : "nothing is wrong";
  }

  private @Nullable Told look() {
    if (length == 0) {
      return null;
    }
    byte[] start = isLine() ? LINE : SIGNATURE;
    int known = Math.min(length, start.length);
    if (!Arrays.equals(header, 0, known, start, 0, known)) {
      return new Told.Malformed("it begins with something else");
    }
    return isLine() ? lookAtLine() : lookAtBlock();
  }

  /// The first carriage return ends the line, however many bytes were read at once.
  private @Nullable Told lookAtLine() {
    int end = 0;
    while (end < length && header[end] != '\r') {
      end++;
    }
    if (end + 1 >= length) {
      return length == LONGEST_LINE ? new Told.Malformed("a line without an end") : null;
    }
    return end + 2 == length && header[end + 1] == '\n'
        ? ProxyLine.read(header, end)
        : new Told.Malformed("a line that goes on after its end");
  }

  private @Nullable Told lookAtBlock() {
    if (length < FIXED) {
      return null;
    }
    int whole = FIXED + blockLength();
    if (blockLength() > LONGEST_BLOCK) {
      return new Told.Malformed("more than " + LONGEST_BLOCK + " bytes");
    }
    if (length < whole) {
      header = header.length < whole ? Arrays.copyOf(header, whole) : header;
      return null;
    }
    return ProxyBlock.read(header, whole);
  }
}
