package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// Frames of HTTP/2 as a test writes them, right or wrong, and reads them.
final class Frames {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  private static final List<String> TYPES =
      List.of(
          "DATA",
          "HEADERS",
          "PRIORITY",
          "RST_STREAM",
          "SETTINGS",
          "PUSH_PROMISE",
          "PING",
          "GOAWAY",
          "WINDOW_UPDATE",
          "CONTINUATION");
  private static final List<String> ERRORS =
      List.of(
          "NO_ERROR",
          "PROTOCOL_ERROR",
          "INTERNAL_ERROR",
          "FLOW_CONTROL_ERROR",
          "SETTINGS_TIMEOUT",
          "STREAM_CLOSED",
          "FRAME_SIZE_ERROR",
          "REFUSED_STREAM",
          "CANCEL",
          "COMPRESSION_ERROR",
          "CONNECT_ERROR",
          "ENHANCE_YOUR_CALM");

  private Frames() {}

  static byte[] of(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload.length >>> 16);
    out.write(payload.length >>> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    out.writeBytes(number(stream));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  static byte[] number(int value) {
    return new byte[] {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /// What a client begins with.
  static byte[] greeting() {
    return joined(PREFACE.getBytes(ISO_8859_1), of(SETTINGS, 0, 0, new byte[0]));
  }

  /// A header block of names and values, each as it is.
  static byte[] block(String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      out.write(0);
      string(out, fields[i]);
      string(out, fields[i + 1]);
    }
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>>= 7) {
        out.write(rest & 127 | 128);
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  /// The frames that were sent, such as `RST_STREAM 1 CANCEL` or `DATA 3 5 end`.
  static List<String> read(String sent) {
    byte[] bytes = sent.getBytes(ISO_8859_1);
    List<String> frames = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int length = number(bytes, at) >>> 8;
      frames.add(describe(bytes, at, length));
      at += 9 + length;
    }
    return frames;
  }

  private static String describe(byte[] bytes, int at, int length) {
    String type = TYPES.get(bytes[at + 3]);
    int stream = number(bytes, at + 5);
    boolean flagged = (bytes[at + 4] & 1) != 0;
    return switch (type) {
      case "RST_STREAM" -> type + " " + stream + " " + ERRORS.get(number(bytes, at + 9));
      case "GOAWAY" ->
          type + " " + number(bytes, at + 9) + " " + ERRORS.get(number(bytes, at + 13));
      case "WINDOW_UPDATE" -> type + " " + stream + " " + number(bytes, at + 9);
      case "DATA" -> type + " " + stream + " " + length + (flagged ? " end" : "");
      case "SETTINGS", "PING" -> type + (flagged ? " ack" : "");
      default -> type + " " + stream + (flagged ? " end" : "");
    };
  }

  private static int number(byte[] bytes, int at) {
    return (bytes[at] & 255) << 24
        | (bytes[at + 1] & 255) << 16
        | (bytes[at + 2] & 255) << 8
        | bytes[at + 3] & 255;
  }
}
