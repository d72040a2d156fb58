package agrippa.proxy.http2;

import agrippa.proxy.http.FieldName;
import agrippa.proxy.transport.Buffer;
import java.util.Arrays;

/// Fields behind a body, as lines of the last chunk. Those that frame or route a message have come
/// too late, and are left out (RFC 9110, section 6.5.1).
final class TrailerText extends HeadText {
  TrailerText(Buffer nothing) {
    super(nothing);
  }

  @Override
  boolean pseudo(byte[] text, int name, int value, int end) {
    return false;
  }

  @Override
  boolean firstLine() {
    return true;
  }

  @Override
  void regular(byte[] text, int name, int value, int end) {
    byte[] field = Arrays.copyOfRange(text, name, value);
    if (!FieldName.means(field, field.length)) {
      line(text, name, value, end);
    }
  }
}
