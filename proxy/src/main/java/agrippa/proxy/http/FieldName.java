package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;
import java.util.Arrays;

/// The fields that mean something to a proxy.
public enum FieldName {
  CONNECTION("connection"),
  CONTENT_LENGTH("content-length"),
  COOKIE("cookie"),
  EXPECT("expect"),
  HOST("host"),
  KEEP_ALIVE("keep-alive"),
  PROXY_CONNECTION("proxy-connection"),
  SET_COOKIE("set-cookie"),
  STRICT_TRANSPORT_SECURITY("strict-transport-security"),
  TE("te"),
  TRANSFER_ENCODING("transfer-encoding"),
  UPGRADE("upgrade"),
  OTHER("");

  private static final FieldName[] ALL = values();

  private final byte[] lower;

  FieldName(String lower) {
    this.lower = Ascii.bytes(lower);
  }

  /// The longest of their names.
  static final int LONGEST = 17;

  /// Which field the name from `from` to `to` is.
  static FieldName of(Buffer in, int from, int to) {
    return switch (to - from) {
      case 2 -> TE.orOther(in, from, to);
      case 4 -> HOST.orOther(in, from, to);
      case 6 ->
          (in.at(from) | 0x20) == 'c' ? COOKIE.orOther(in, from, to) : EXPECT.orOther(in, from, to);
      case 7 -> UPGRADE.orOther(in, from, to);
      case 10 -> ofTen(in, from, to);
      case 14 -> CONTENT_LENGTH.orOther(in, from, to);
      case 16 -> PROXY_CONNECTION.orOther(in, from, to);
      case 17 -> TRANSFER_ENCODING.orOther(in, from, to);
      case 25 -> STRICT_TRANSPORT_SECURITY.orOther(in, from, to);
      default -> OTHER;
    };
  }

  private static FieldName ofTen(Buffer in, int from, int to) {
    return switch (in.at(from) | 0x20) {
      case 'c' -> CONNECTION.orOther(in, from, to);
      case 'k' -> KEEP_ALIVE.orOther(in, from, to);
      case 's' -> SET_COOKIE.orOther(in, from, to);
      default -> OTHER;
    };
  }

  /// Whether these first bytes of `name` spell a field that is not [#OTHER].
  public static boolean means(byte[] name, int count) {
    for (FieldName field : ALL) {
      if (count > 0 && Arrays.equals(name, 0, count, field.lower, 0, field.lower.length)) {
        return true;
      }
    }
    return false;
  }

  private FieldName orOther(Buffer in, int from, int to) {
    return Ascii.sameIgnoringCase(in, from, to, lower) ? this : OTHER;
  }
}
