package agrippa.proxy.journal;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.FieldName;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.transport.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// The `traceparent` field of a request: which trace it is a part of (W3C Trace Context). One
/// serves request after request, within a turn of the loop.
///
/// A valid field goes on to the endpoint as it is. If one is wanted and there is none that is
/// valid, it is made here; `tracestate` means nothing without it, and is dropped.
public final class TraceParent {
  /// Hexadecimal digits of a trace's id.
  static final int TRACE_LENGTH = 32;

  private static final byte[] PARENT = Ascii.bytes("traceparent");
  private static final byte[] STATE = Ascii.bytes("tracestate");
  private static final byte[] LINE =
      Ascii.bytes("traceparent: 00-00000000000000000000000000000000-0000000000000000-01\r\n");
  private static final byte[] DIGITS = Ascii.bytes("0123456789abcdef");

  // Version, trace, parent and flags begin so far from the value's first byte.
  private static final int TRACE = 3;
  private static final int SPAN = 36;
  private static final int FLAGS = 53;
  private static final int LENGTH = 55;
  private static final int SPAN_LENGTH = 16;
  private static final int VALUE_IN_LINE = 13;

  private final byte[] value = new byte[LENGTH];
  private final byte[] line = LINE.clone();
  private boolean known;
  private boolean made;

  /// Forgets the request before.
  public void reset() {
    known = made = false;
  }

  /// Looks at a request.
  public void read(Buffer in, Fields fields) {
    int at = find(in, fields, PARENT, 0);
    boolean alone = at >= 0 && find(in, fields, PARENT, at + 1) < 0;
    known = alone && valid(in, fields.value(at), fields.valueEnd(at));
  }

  /// Whether the request has, or will have, a valid one.
  public boolean known() {
    return known;
  }

  /// Makes one if there is none that is valid. It says that the trace is recorded.
  public void make(RandomGenerator random) {
    if (known) {
      return;
    }
    known = made = true;
    digits(random, TRACE, TRACE_LENGTH);
    digits(random, SPAN, SPAN_LENGTH);
  }

  /// An id of nothing but zeros is none, so one bit is always set.
  private void digits(RandomGenerator random, int from, int count) {
    for (int at = from; at < from + count; at += SPAN_LENGTH) {
      long bits = random.nextLong() | 1;
      for (int i = 0; i < SPAN_LENGTH; i++) {
        byte digit = DIGITS[(int) (bits >>> 4 * i) & 0xf];
        value[at + i] = digit;
        line[VALUE_IN_LINE + at + i] = digit;
      }
    }
  }

  /// Puts one that was made into the request, in place of what it had.
  public void edit(Buffer in, Fields fields, HeadEditor editor) {
    if (!made) {
      return;
    }
    cut(in, fields, editor, PARENT);
    cut(in, fields, editor, STATE);
    editor.add(line);
  }

  private static void cut(Buffer in, Fields fields, HeadEditor editor, byte[] name) {
    for (int i = find(in, fields, name, 0); i >= 0; i = find(in, fields, name, i + 1)) {
      editor.cutField(fields, i);
    }
  }

  private static int find(Buffer in, Fields fields, byte[] name, int from) {
    for (int i = from; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.OTHER
          && Ascii.sameIgnoringCase(in, fields.line(i), fields.nameEnd(i), name)) {
        return i;
      }
    }
    return -1;
  }

  /// Later versions may be longer, and begin as this one (section 3.2.4 there).
  private boolean valid(Buffer in, int from, int to) {
    if (to - from < LENGTH) {
      return false;
    }
    in.get(from, value, 0, LENGTH);
    boolean first = value[0] == '0' && value[1] == '0';
    boolean longer = to - from > LENGTH;
    return !(value[0] == 'f' && value[1] == 'f')
        && (!longer || (!first && in.at(from + LENGTH) == '-'))
        && value[TRACE - 1] == '-'
        && value[SPAN - 1] == '-'
        && value[FLAGS - 1] == '-'
        && hexadecimal(0, 2)
        && hexadecimal(TRACE, TRACE_LENGTH)
        && hexadecimal(SPAN, SPAN_LENGTH)
        && hexadecimal(FLAGS, 2)
        && anySet(TRACE, TRACE_LENGTH)
        && anySet(SPAN, SPAN_LENGTH);
  }

  /// Upper case is not allowed.
  private boolean hexadecimal(int from, int count) {
    for (int i = from; i < from + count; i++) {
      byte b = value[i];
      if (!Ascii.isDigit(b) && (b < 'a' || b > 'f')) {
        return false;
      }
    }
    return true;
  }

  private boolean anySet(int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (value[i] != '0') {
        return true;
      }
    }
    return false;
  }

  /// @return whether there is one
  boolean copyTrace(byte[] into) {
    if (known) {
      System.arraycopy(value, TRACE, into, 0, TRACE_LENGTH);
    }
    return known;
  }

  static String hex(byte[] trace) {
    return new String(trace, StandardCharsets.US_ASCII);
  }
}
