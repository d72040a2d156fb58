package agrippa.proxy.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.BufferStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Any bytes as the frames of a peer: the same is told of them however they come in pieces, nothing
/// behind them is looked at, and each payload that is told of was sent.
public final class FrameFuzz {
  // Of all inputs, so that a block that is not given back makes the process grow.
  private static final BufferStore BUFFERS = new BufferStore();
  private static final int PIECE = 40;

  private FrameFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    Random random = new Random(Arrays.hashCode(bytes));
    byte[] greeting = bytes.length % 2 == 0 ? new byte[0] : Frame.PREFACE;
    byte[] sent = new byte[greeting.length + bytes.length];
    System.arraycopy(greeting, 0, sent, 0, greeting.length);
    System.arraycopy(bytes, 0, sent, greeting.length, bytes.length);
    List<String> whole = told(sent, greeting, random, sent.length);
    assertThat(told(sent, greeting, random, 1)).as("byte by byte").isEqualTo(whole);
    assertThat(told(sent, greeting, random, PIECE)).as("in pieces").isEqualTo(whole);
  }

  private static List<String> told(byte[] sent, byte[] greeting, Random random, int most) {
    Notes notes = new Notes(new String(sent, ISO_8859_1));
    FrameReader reader = new FrameReader(notes, BUFFERS, greeting);
    byte[] unread = new byte[0];
    int at = 0;
    try {
      while (at < sent.length) {
        int count = Math.min(sent.length - at, most == PIECE ? 1 + random.nextInt(PIECE) : most);
        byte[] there = Arrays.copyOf(unread, unread.length + count);
        System.arraycopy(sent, at, there, unread.length, count);
        Buffer in = Buffer.over(MemorySegment.ofArray(there));
        in.window(0, there.length);
        reader.read(in);
        unread = Arrays.copyOfRange(there, in.start(), there.length);
        at += count;
        assertThat(unread).as("waiting").hasSizeLessThanOrEqualTo(Frame.HEADER + Frame.SIZE);
      }
    } catch (Violation e) {
      notes.events.add("violation: " + e.getMessage());
    } finally {
      reader.close();
    }
    return notes.events;
  }

  /// Takes note of what it is told.
  private static final class Notes implements FrameReader.Sink {
    private final List<String> events = new ArrayList<>();
    private final String sent;
    private int highest;

    Notes(String sent) {
      this.sent = sent;
    }

    @Override
    public boolean live() {
      return true;
    }

    @Override
    public boolean idle(int stream) {
      return stream > highest;
    }

    @Override
    public void disturbed() {
      events.add("disturbed");
    }

    @Override
    public void data(Buffer in, int stream, int from, int to, int size, boolean ends) {
      String text = Ascii.text(in, from, to);
      assertThat(sent).contains(text);
      assertThat(stream).isPositive();
      assertThat(size).isBetween(text.length(), text.length() + 256);
      events.add("data " + stream + " " + size + " " + ends + " " + text);
    }

    @Override
    public void headers(int stream, Buffer in, int from, int to, boolean ends) {
      assertThat(to - from).isBetween(0, HpackDecoder.LONGEST_BLOCK);
      assertThat(stream).isPositive();
      highest = Math.max(highest, stream);
      events.add("headers " + stream + " " + ends + " " + Ascii.text(in, from, to));
    }

    @Override
    public void reset(int stream) {
      assertThat(stream).isBetween(1, highest);
      events.add("reset " + stream);
    }

    @Override
    public void settings(Buffer in, int from, int to) {
      assertThat((to - from) % Settings.ENTRY).isZero();
      events.add("settings " + Ascii.text(in, from, to));
    }

    @Override
    public void ping(Buffer in, int at) {
      events.add("ping " + Ascii.text(in, at, at + 8));
    }

    @Override
    public void windowUpdate(int stream, int bytes) {
      assertThat(bytes).isNotNegative();
      events.add("window " + stream + " " + bytes);
    }

    @Override
    public void goesAway(int lastStream) {
      events.add("away " + lastStream);
    }
  }
}
