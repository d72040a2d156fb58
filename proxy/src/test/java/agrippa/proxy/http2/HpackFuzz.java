package agrippa.proxy.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Any bytes as the header blocks of a connection: what we read, the JDK's decoder reads, and what
/// we refuse it refuses, but for what it does not look at. The first byte of each block says how
/// long it is.
public final class HpackFuzz {
  private static final int LIST_LIMIT = 4_096;
  private static final byte[] TEXT = new byte[HpackDecoder.TEXT];

  /// What the JDK lets pass: RFC 7541 wants new sizes first (section 4.2) and nothing but ones
  /// behind the last symbol (section 5.2); numbers and lists are bounded by ourselves.
  private static final Set<String> ALONE =
      Set.of(
          "the table's size changes within a block",
          "a string ends within a symbol",
          "a number too large",
          "fields without end");

  private final List<String> ours = new ArrayList<>();
  private final HpackDecoder decoder =
      new HpackDecoder(TEXT, LIST_LIMIT, Buffer.over(MemorySegment.ofArray(new byte[0])));
  private final JdkHpack theirs = new JdkHpack(DynamicTable.SIZE);

  private String refusal = "";

  private HpackFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    HpackFuzz fuzz = new HpackFuzz();
    int at = 0;
    boolean goes = true;
    while (at < bytes.length && goes) {
      int end = Math.min(bytes.length, at + 1 + (bytes[at] & 0xff));
      goes = fuzz.block(Arrays.copyOfRange(bytes, at + 1, end));
      at = end;
    }
  }

  private boolean block(byte[] block) {
    ours.clear();
    Boolean whole = decoded(block);
    List<String> others = theirs.decode(block);
    if (theirs.broken()) {
      return false;
    }
    if (whole == null) {
      assertThat(others == null || ALONE.contains(refusal)).as(refusal).isTrue();
      return false;
    }
    assertThat(others).as("also read by others").isNotNull();
    if (whole) {
      assertThat(ours).isEqualTo(others);
    } else {
      assertThat(others).as("the rest is left out").startsWith(ours.toArray(String[]::new));
    }
    return true;
  }

  private @Nullable Boolean decoded(byte[] block) {
    Buffer in = Buffer.over(MemorySegment.ofArray(block));
    in.window(0, block.length);
    try {
      return decoder.decode(in, 0, block.length, this::field);
    } catch (Violation e) {
      refusal = e.getMessage();
      return null;
    }
  }

  private void field(byte[] text, int name, int value, int end) {
    String first = new String(text, name, value - name, ISO_8859_1);
    ours.add(first + "=" + new String(text, value, end - value, ISO_8859_1));
  }
}
