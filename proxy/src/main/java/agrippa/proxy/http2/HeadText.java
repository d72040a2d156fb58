package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;

/// Writes the fields of a header block as a head of HTTP/1.1, and judges them on the way (RFC 9113,
/// section 8). One serves head after head.
abstract sealed class HeadText implements HpackDecoder.Sink
    permits RequestText, ResponseText, TrailerText {
  private static final byte[] SEPARATOR = Ascii.bytes(": ");
  private static final byte[] LENGTH_NAME = Ascii.bytes("content-length");
  private static final byte[] LINE_END = Ascii.bytes("\r\n");
  private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");

  private Buffer out;
  private boolean malformed;
  private boolean fieldsBegan;
  private long length;

  HeadText(Buffer nothing) {
    out = nothing;
  }

  /// Begins a head.
  ///
  /// @param into with room for more than a list of fields may be
  void begin(Buffer into) {
    out = into;
    malformed = false;
    fieldsBegan = false;
    length = -1;
  }

  @Override
  public final void field(byte[] text, int name, int value, int end) {
    if (malformed) {
      return;
    }
    if (value > name && text[name] == ':') {
      malformed |= fieldsBegan || !pseudo(text, name, value, end);
      return;
    }
    if (!fieldsBegan) {
      fieldsBegan = true;
      malformed |= !firstLine();
    }
    malformed = malformed || !FieldRules.valid(text, name, value, end);
    if (!malformed) {
      regular(text, name, value, end);
    }
  }

  /// Takes a field whose name begins with a colon.
  ///
  /// @return whether it may be there
  abstract boolean pseudo(byte[] text, int name, int value, int end);

  /// Writes what goes before the fields.
  ///
  /// @return whether all is there that it needs
  abstract boolean firstLine();

  /// Takes a valid field.
  abstract void regular(byte[] text, int name, int value, int end);

  /// Ends a head.
  ///
  /// @param ends whether no body follows
  /// @param needsLength whether a message without a body must say so
  /// @return whether it is a valid one
  final boolean finish(boolean ends, boolean needsLength) {
    if (!sound()) {
      return false;
    }
    if (length >= 0) {
      lengthLine(length);
    } else if (!ends) {
      write(CHUNKED);
    } else if (needsLength) {
      lengthLine(0);
    }
    write(LINE_END);
    return true;
  }

  /// Whether the head is a valid one, now that all fields are there.
  final boolean sound() {
    if (!fieldsBegan && !malformed) {
      fieldsBegan = true;
      malformed = !firstLine();
    }
    return !malformed;
  }

  private void lengthLine(long value) {
    write(LENGTH_NAME);
    write(SEPARATOR);
    write(Ascii.bytes(Long.toString(value)));
    write(LINE_END);
  }

  /// Takes a Content-Length; each must say the same.
  final void length(byte[] text, int from, int to) {
    long value = FieldRules.length(text, from, to);
    malformed |= value < 0 || (length >= 0 && length != value);
    length = value;
  }

  /// The length of the body, or -1 if it is not told.
  final long length() {
    return length;
  }

  final void refuse() {
    malformed = true;
  }

  final void line(byte[] text, int name, int value, int end) {
    write(text, name, value);
    write(SEPARATOR);
    write(text, value, end);
    write(LINE_END);
  }

  final void write(byte[] text) {
    write(text, 0, text.length);
  }

  final void write(byte[] text, int from, int to) {
    out.put(out.end(), text, from, to - from);
    out.produced(to - from);
  }
}
