package agrippa.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadEditorTest {
  private static final int START = 64;

  private final HeadEditor editor = new HeadEditor(64);
  private final Buffer in = Buffer.allocate(512);

  /// Any cuts, in any order, overlapping as they like, do what striking out letters does.
  @Test
  void cutsAndAdditionsInAnyOrder() {
    Random random = new Random(11);
    for (int round = 0; round < 5_000; round++) {
      String fields = "abcdefghijklmnopqrstuvwxyz".repeat(1 + random.nextInt(3));
      byte[] bytes = (fields + "\r\n" + "BODY").getBytes(ISO_8859_1);
      in.put(START, bytes, 0, bytes.length);
      in.window(START, START + bytes.length);
      editor.reset();
      BitSet cut = new BitSet();
      for (int i = random.nextInt(60); i > 0; i--) {
        int from = random.nextInt(fields.length());
        int to = from + 1 + random.nextInt(Math.min(6, fields.length() - from));
        cut.set(from, to);
        editor.cut(START + from, START + to);
      }
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < fields.length(); i++) {
        if (!cut.get(i)) {
          expected.append(fields.charAt(i));
        }
      }
      String added = "X".repeat(random.nextInt(40));
      editor.add(Ascii.bytes(added));

      int start = editor.apply(in, START, START + fields.length() + 2);

      assertThat(start).isEqualTo(in.start());
      assertThat(Ascii.text(in, in.start(), in.end())).isEqualTo(expected + added + "\r\nBODY");
      assertThat(in.end()).as("the body stays").isEqualTo(START + bytes.length);
    }
  }
}
