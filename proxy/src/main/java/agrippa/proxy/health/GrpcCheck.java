package agrippa.proxy.health;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/// Asks a server of gRPC how it is: `grpc.health.v1.Health/Check` of the gRPC health checking
/// protocol, one request of HTTP/2 (RFC 9113) over a connection of its own. Of the answer only the
/// message counts.
final class GrpcCheck {
  private static final String PATH = "/grpc.health.v1.Health/Check";

  // Types and flags of frames (RFC 9113, section 6).
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;

  /// What frames may have whose limit nobody raised.
  private static final int LONGEST_FRAME = 16_384;

  /// More than any answer has.
  private static final int LONGEST_ANSWER = 1_024;

  /// What comes before a message: whether it is compressed, and its length.
  private static final int MESSAGE_HEAD = 5;

  private static final int OUR_STREAM = 1;
  private static final int SERVING = 1;

  private final Socket socket;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

  private GrpcCheck(Socket socket) {
    this.socket = socket;
  }

  /// @param service whose state is asked for; empty for the server's
  /// @param authority the server's name
  /// @return what it said, for people
  /// @throws IOException if it does not serve
  static String ask(Socket socket, boolean tls, String service, String authority)
      throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(request(tls, service, authority));
    return new GrpcCheck(socket).answered();
  }

  // ---- the request

  private static byte[] request(boolean tls, String service, String authority) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(out, SETTINGS, 0, 0, new byte[0]);
    frame(out, HEADERS, END_HEADERS, OUR_STREAM, fields(tls, authority));
    frame(out, DATA, END_STREAM, OUR_STREAM, message(service));
    return out.toByteArray();
  }

  private static void frame(
      ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
    int length = payload.length;
    out.writeBytes(new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length});
    out.write(type);
    out.write(flags);
    out.writeBytes(new byte[] {0, 0, 0, (byte) stream});
    out.writeBytes(payload);
  }

  /// In HPACK (RFC 7541) without Huffman's code and without anything to remember.
  private static byte[] fields(boolean tls, String authority) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // Whole fields of the static table: `:method` POST, and `:scheme`.
    out.write(0x83);
    out.write(tls ? 0x87 : 0x86);
    // Names of the static table: `:path`, `:authority` and `content-type`.
    out.write(0x04);
    text(out, PATH);
    out.write(0x01);
    text(out, authority);
    out.writeBytes(new byte[] {0x0f, 0x10});
    text(out, "application/grpc");
    out.write(0x00);
    text(out, "te");
    text(out, "trailers");
    return out.toByteArray();
  }

  /// One shorter than 127 bytes: its length is one byte.
  private static void text(ByteArrayOutputStream out, String text) {
    out.write(text.length());
    out.writeBytes(text.getBytes(US_ASCII));
  }

  /// `HealthCheckRequest`, whose field 1 is the service; not there if empty, as protobuf has it.
  private static byte[] message(String service) {
    int length = service.isEmpty() ? 0 : 2 + service.length();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, 0, 0, 0, (byte) length});
    if (length > 0) {
      out.write(0x0a);
      text(out, service);
    }
    return out.toByteArray();
  }

  // ---- the answer

  private String answered() throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    boolean ended = false;
    while (!ended && !complete()) {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt() & Integer.MAX_VALUE;
      if (length > LONGEST_FRAME) {
        throw new IOException("not HTTP/2");
      }
      byte[] payload = in.readNBytes(length);
      if (payload.length < length) {
        throw new EOFException("closed without an answer");
      }
      ended = take(type, flags, stream, payload);
    }
    return status();
  }

  /// @return whether nothing more is to come
  private boolean take(int type, int flags, int stream, byte[] payload) throws IOException {
    boolean ours = stream == OUR_STREAM;
    switch (type) {
      case DATA -> {
        if (ours) {
          data(payload, (flags & PADDED) != 0);
        }
      }
      case SETTINGS, PING -> {
        if ((flags & ACK) == 0) {
          acknowledge(type, type == PING ? payload : new byte[0]);
        }
      }
      case RST_STREAM, GOAWAY -> {
        if (ours || type == GOAWAY) {
          throw new IOException("refused");
        }
      }
      default -> {
        // Fields, windows, priorities: nothing that the message would not tell.
      }
    }
    return ours && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
  }

  private void data(byte[] payload, boolean padded) throws IOException {
    int padding = padded && payload.length > 0 ? payload[0] & 0xff : 0;
    int from = padded ? 1 : 0;
    int count = payload.length - from - padding;
    if (count < 0 || answer.size() + count > LONGEST_ANSWER) {
      throw new IOException("no answer of gRPC");
    }
    answer.write(payload, from, count);
  }

  private void acknowledge(int type, byte[] payload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    frame(out, type, ACK, 0, payload);
    socket.getOutputStream().write(out.toByteArray());
  }

  /// Whether the message is here.
  private boolean complete() throws IOException {
    byte[] all = answer.toByteArray();
    return all.length >= MESSAGE_HEAD && all.length >= MESSAGE_HEAD + length(all);
  }

  private static int length(byte[] all) throws IOException {
    if (all[0] != 0 || all[1] != 0 || all[2] != 0) {
      throw new IOException("no answer of gRPC");
    }
    return (all[3] & 0xff) << 8 | all[4] & 0xff;
  }

  /// Of `HealthCheckResponse`, whose field 1 is a number. What is 0 need not be there.
  private String status() throws IOException {
    if (!complete()) {
      throw new IOException("no such service, or no health checks of gRPC");
    }
    byte[] all = answer.toByteArray();
    int length = length(all);
    int status =
        length == 2 && all[MESSAGE_HEAD] == 0x08 ? all[MESSAGE_HEAD + 1] : length == 0 ? 0 : -1;
    if (status != SERVING) {
      throw new IOException(
          switch (status) {
            case 0 -> "status UNKNOWN";
            case 2 -> "status NOT_SERVING";
            case 3 -> "status SERVICE_UNKNOWN";
            default -> "no answer of gRPC";
          });
    }
    return "status SERVING";
  }
}
