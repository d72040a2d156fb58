package agrippa.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// An HTTP/1 message as it came.
///
/// @param start request line or status line
/// @param fields header fields, `name: value`, as they came
record Message(String start, List<String> fields, String body) {

  /// Reads a message whose body, if any, has a Content-Length or is chunked; null at the end of the
  /// stream.
  static Message read(InputStream in) throws IOException {
    String start = line(in);
    if (start == null) {
      return null;
    }
    List<String> fields = new ArrayList<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      fields.add(line);
    }
    Message head = new Message(start, fields, "");
    return new Message(start, fields, head.readBody(in));
  }

  int status() {
    return Integer.parseInt(start.split(" ")[1]);
  }

  String path() {
    return start.split(" ")[1];
  }

  /// The first field of this name, or null.
  String field(String name) {
    return fields(name).stream().findFirst().orElse(null);
  }

  List<String> fields(String name) {
    return fields.stream()
        .filter(field -> field.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(field -> field.substring(name.length() + 1).strip())
        .toList();
  }

  private String readBody(InputStream in) throws IOException {
    if (field("Transfer-Encoding") != null) {
      return readChunks(in);
    }
    String length = field("Content-Length");
    return length == null ? "" : read(in, Integer.parseInt(length));
  }

  private static String readChunks(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(needed(in).split(";")[0].strip(), 16);
      if (size == 0) {
        while (!needed(in).isEmpty()) {
          // Trailers are of no interest.
          continue;
        }
        return body.toString();
      }
      body.append(read(in, size));
      line(in);
    }
  }

  private static String needed(InputStream in) throws IOException {
    String line = line(in);
    if (line == null) {
      throw new EOFException("body ends between chunks");
    }
    return line;
  }

  private static String read(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("body ends after " + bytes.length + " of " + length);
    }
    return new String(bytes, ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        if (line.isEmpty()) {
          return null;
        }
        throw new EOFException("head ends in: " + line);
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }
}
