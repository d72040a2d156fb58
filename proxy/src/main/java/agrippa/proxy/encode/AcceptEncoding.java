package agrippa.proxy.encode;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Fields;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request says of content codings (RFC 9110, section 12.5.3).
final class AcceptEncoding {
  private static final byte[] NAME = Ascii.bytes("accept-encoding");
  private static final byte[] IDENTITY = Ascii.bytes("identity");
  private static final byte[] ANY = Ascii.bytes("*");
  private static final byte[] WEIGHT = Ascii.bytes("q=");

  /// Weights are in thousandths.
  private static final int FULL = 1_000;

  /// Digits behind the point.
  private static final int PRECISION = 3;

  private static final int UNSAID = -1;

  private AcceptEncoding() {}

  /// The coding that a client likes best, or null if it wants none. Of several that it likes as
  /// much, the first one offered. Who says nothing of codings can be sent any, and is sent none:
  /// programs that do not know of them say nothing either.
  static @Nullable Coding best(Buffer in, Fields fields, List<Coding> offered) {
    if (fields.find(in, NAME, 0) < 0) {
      return null;
    }
    // What was asked for by name to be left alone is, unless something else is preferred.
    int most = Math.max(1, weight(in, fields, IDENTITY));
    Coding best = null;
    for (int i = 0; i < offered.size(); i++) {
      Coding each = offered.get(i);
      int weight = weight(in, fields, CodedHead.name(each));
      if (weight == UNSAID) {
        weight = weight(in, fields, ANY);
      }
      if (weight > most || (weight == most && best == null)) {
        best = each;
        most = weight;
      }
    }
    return best;
  }

  /// The weight that is said of a coding, or [#UNSAID].
  private static int weight(Buffer in, Fields fields, byte[] coding) {
    for (int i = fields.find(in, NAME, 0); i >= 0; i = fields.find(in, NAME, i + 1)) {
      int at = fields.value(i);
      int to = fields.valueEnd(i);
      while (at < to) {
        int comma = Ascii.find(in, at, to, (byte) ',');
        int name = Ascii.skipBlanks(in, at, comma);
        int parameters = Ascii.find(in, name, comma, (byte) ';');
        if (Ascii.sameIgnoringCase(in, name, Ascii.trimEnd(in, name, parameters), coding)) {
          return weight(in, parameters, comma);
        }
        at = comma + 1;
      }
    }
    return UNSAID;
  }

  /// The weight among parameters, each behind its semicolon.
  private static int weight(Buffer in, int from, int to) {
    int at = from;
    while (at < to) {
      int next = Ascii.find(in, at + 1, to, (byte) ';');
      int parameter = Ascii.skipBlanks(in, at + 1, next);
      if (Ascii.startsIgnoringCase(in, parameter, next, WEIGHT)) {
        return thousandths(in, parameter + WEIGHT.length, Ascii.trimEnd(in, parameter, next));
      }
      at = next;
    }
    return FULL;
  }

  /// @return 0 if it is no weight: what is not understood is not asked for
  private static int thousandths(Buffer in, int from, int to) {
    boolean point = to - from < 2 || in.at(from + 1) == '.';
    if (from >= to || to - from > 2 + PRECISION || !point || !Ascii.isDigit(in.at(from))) {
      return 0;
    }
    int value = (in.at(from) - '0') * FULL;
    int place = FULL;
    for (int i = from + 2; i < to; i++) {
      if (!Ascii.isDigit(in.at(i))) {
        return 0;
      }
      place /= 10;
      value += (in.at(i) - '0') * place;
    }
    return value > FULL ? 0 : value;
  }
}
