package agrippa.proxy.encode;

import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The encoders of one event loop. Only so many are at work at a time: each holds a quarter to a
/// third of a megabyte outside the heap, for as long as its response goes on.
public final class Encoders {
  /// Most bytes that an encoder is given at once: some hundred microseconds of work, after which
  /// others of the loop have their turn.
  public static final int PIECE = 32 << 10;

  private static final int MOST = 128;

  /// Kept of each coding for the next response: making one takes as long as compressing a page.
  private static final int KEPT = 16;

  /// Room in front of what is encoded, for the size of a chunk.
  private static final int FRONT = 16;

  // By number of their coding.
  private final List<ArrayDeque<BodyEncoder>> idle = new ArrayList<>();
  private @Nullable Buffer output;
  private int working;

  public Encoders() {
    for (Coding _ : Coding.values()) {
      idle.add(new ArrayDeque<>());
    }
  }

  static boolean canMake(Coding coding) {
    return switch (coding) {
      case GZIP -> true;
      case ZSTD -> ZstdEncoder.loads();
    };
  }

  /// Most bytes that so many become, in any coding: what cannot be compressed grows a little, and
  /// has a header, a trailer and ends of blocks.
  static int bound(int length) {
    return length + (length >> 6) + 512;
  }

  /// An encoder for one body, or null if there are too many at work.
  public @Nullable BodyEncoder take(Coding coding) {
    if (working == MOST) {
      return null;
    }
    working++;
    BodyEncoder kept = idle.get(coding.ordinal()).pollLast();
    return kept != null ? kept : make(coding);
  }

  private static BodyEncoder make(Coding coding) {
    return switch (coding) {
      case GZIP -> new GzipEncoder();
      case ZSTD -> new ZstdEncoder();
    };
  }

  /// Takes an encoder back, whatever became of its body.
  public void give(BodyEncoder encoder) {
    working--;
    ArrayDeque<BodyEncoder> others = idle.get(encoder.coding().ordinal());
    if (others.size() < KEPT) {
      encoder.reset();
      others.addLast(encoder);
    } else {
      encoder.close();
    }
  }

  /// An empty buffer for what a piece becomes, with room for the frame of a chunk around it. All of
  /// the loop share it, each until it returns.
  public Buffer output() {
    Buffer empty = output;
    if (empty == null) {
      empty = Buffer.allocate(FRONT + bound(PIECE) + FRONT);
      output = empty;
    }
    empty.window(FRONT, FRONT);
    return empty;
  }

  public void close() {
    for (ArrayDeque<BodyEncoder> each : idle) {
      each.forEach(BodyEncoder::close);
      each.clear();
    }
    if (output != null) {
      output.free();
      output = null;
    }
  }
}
