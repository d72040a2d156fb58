package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;
import java.util.Arrays;

/// Collects cuts and additions to a head, then makes them all at once by moving the head towards
/// the body, so that no byte of the body moves. One editor serves head after head.
public final class HeadEditor {
  // Pairs of positions, in order, apart from each other. Grows for heads with many cookies; bounded
  // by a head's size.
  private int[] cuts = new int[64];
  private final byte[] added;
  private int cutCount;
  private int addedCount;

  /// @param room most bytes that can be added to a head
  public HeadEditor(int room) {
    added = new byte[room];
  }

  public HeadEditor reset() {
    cutCount = 0;
    addedCount = 0;
    return this;
  }

  /// Drops a field.
  public void cutField(Fields fields, int field) {
    cut(fields.line(field), fields.lineEnd(field));
  }

  /// Drops the bytes from `from` to `to`; cuts may overlap.
  public void cut(int from, int to) {
    // Cuts mostly come in order: look from the end.
    int behind = cutCount;
    while (behind > 0 && cuts[2 * behind - 2] > to) {
      behind--;
    }
    int newFrom = from;
    int newTo = to;
    int first = behind;
    while (first > 0 && cuts[2 * first - 1] >= from) {
      first--;
      newFrom = Math.min(newFrom, cuts[2 * first]);
      newTo = Math.max(newTo, cuts[2 * first + 1]);
    }
    if (2 * cutCount == cuts.length) {
      cuts = Arrays.copyOf(cuts, 2 * cuts.length);
    }
    System.arraycopy(cuts, 2 * behind, cuts, 2 * first + 2, 2 * (cutCount - behind));
    cuts[2 * first] = newFrom;
    cuts[2 * first + 1] = newTo;
    cutCount += 1 - (behind - first);
  }

  /// Adds bytes behind the last field: one or more whole lines.
  public void add(byte[] lines) {
    add(lines, lines.length);
  }

  /// Adds the first `count` of `lines`.
  public void add(byte[] lines, int count) {
    System.arraycopy(lines, 0, added, addedCount, count);
    addedCount += count;
  }

  /// Adds the bytes of a buffer from `from` to `to`.
  public void add(Buffer in, int from, int to) {
    in.get(from, added, addedCount, to - from);
    addedCount += to - from;
  }

  /// Makes the changes to the head that ends, with its empty line, at `end`; the buffer's content
  /// then begins with the new head. There must be room in front for what the head grows.
  ///
  /// @return where the new head begins
  public int apply(Buffer in, int start, int end) {
    int newStart = cut(in, start);
    if (addedCount > 0) {
      int fieldsEnd = end - 2;
      in.move(newStart, newStart - addedCount, fieldsEnd - newStart);
      newStart -= addedCount;
      in.put(fieldsEnd - addedCount, added, 0, addedCount);
    }
    in.window(newStart, in.end());
    return newStart;
  }

  /// Moves what is kept to the right, the last piece first.
  private int cut(Buffer in, int start) {
    if (cutCount == 0) {
      return start;
    }
    int kept = cuts[2 * cutCount - 1];
    for (int i = cutCount - 1; i >= 0; i--) {
      int from = i == 0 ? start : cuts[2 * i - 1];
      int count = cuts[2 * i] - from;
      kept -= count;
      in.move(from, kept, count);
    }
    return kept;
  }
}
