package agrippa.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/// An endpoint that answers as the last part of the path says, and notes what it was asked.
///
/// @param name told in each answer
/// @param heard what all endpoints of a plan were asked, in order
record OracleMember(String name, List<String> heard) implements Backend.Conversation {
  static Backend named(String name, List<String> heard) throws IOException {
    return Backend.talking(name, new OracleMember(name, heard));
  }

  static List<String> log() {
    return new CopyOnWriteArrayList<>();
  }

  @Override
  public void hold(Socket client, InputStream in) throws IOException {
    String before = proxyHeader(in);
    boolean more = true;
    while (more) {
      Message request = Message.read(in);
      if (request == null) {
        return;
      }
      if (!"probe".equals(request.field("Host"))) {
        heard.add(before + told(request));
      }
      String path = request.path();
      String how = path.substring(path.lastIndexOf('/') + 1);
      client.getOutputStream().write(answer(how).getBytes(ISO_8859_1));
      more = !how.startsWith("end-");
      if (how.equals("silent")) {
        // Says nothing until the proxy has had enough.
        in.read();
      }
    }
  }

  private String told(Message request) {
    String fields =
        String.join(
            "\n",
            request.fields().stream().map(field -> "    " + lowerName(field)).sorted().toList());
    return name + " got " + request.start() + "\n" + fields + "\n    [" + request.body() + "]";
  }

  /// Fields with a name that has no case.
  static String lowerName(String field) {
    int colon = field.indexOf(':');
    return field.substring(0, colon).toLowerCase(Locale.ROOT) + field.substring(colon);
  }

  private String answer(String how) {
    String head = "HTTP/1.1 200 OK\r\nX-Member: " + name + "\r\n";
    return switch (how) {
      case "204" -> "HTTP/1.1 204 No Content\r\nX-Member: " + name + "\r\n\r\n";
      case "204-length" -> "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
      case "205" -> "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n";
      case "304" -> "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n";
      case "304-length" -> "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n";
      case "404" -> "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone";
      case "500" -> "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops";
      case "503" -> "HTTP/1.1 503 Later\r\nContent-Length: 5\r\nRetry-After: 1\r\n\r\nlater";
      case "599" -> "HTTP/1.1 599 Own\r\nContent-Length: 0\r\n\r\n";
      case "no-reason" -> "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok";
      case "chunked" -> head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
      case "trailer" -> head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n";
      case "chunked-head", "head" -> head + "Content-Length: 7\r\n\r\n";
      case "early" ->
          "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + head + "Content-Length: 0\r\n\r\n";
      case "continue" -> "HTTP/1.1 100 Continue\r\n\r\n" + head + "Content-Length: 0\r\n\r\n";
      case "hop" ->
          head
              + "Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\n"
              + "Content-Length: 0\r\n\r\n";
      case "cookie" ->
          head + "Set-Cookie: JSESSIONID=" + name + "1; Path=/\r\nContent-Length: 0\r\n\r\n";
      case "two-cookies" ->
          head + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n";
      case "cached" -> head + "Cache-Control: max-age=60\r\nContent-Length: 0\r\n\r\n";
      case "hsts" -> head + "Strict-Transport-Security: max-age=1\r\nContent-Length: 0\r\n\r\n";
      case "big" -> head + "Content-Length: 100000\r\n\r\n" + "x".repeat(100_000);
      case "end-of-body" -> head + "Connection: close\r\n\r\nuntil the end";
      case "end-of-old" -> "HTTP/1.0 200 OK\r\n\r\nold";
      case "old" -> "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nold";
      case "end-said" -> head + "Connection: close\r\nContent-Length: 2\r\n\r\nok";
      case "end-nothing", "silent" -> "";
      case "end-garbage" -> "what?\r\n\r\n";
      case "end-bad-field" -> "HTTP/1.1 200 OK\r\nno colon\r\n\r\n";
      case "end-bad-name" -> "HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 0\r\n\r\n";
      case "end-blank-colon" -> "HTTP/1.1 200 OK\r\nX : 1\r\nContent-Length: 0\r\n\r\n";
      case "end-two-lengths" ->
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab";
      case "end-bad-length" -> "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n";
      case "same-lengths" -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab";
      case "end-bad-version" -> "HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n";
      default -> head + "Content-Length: 2\r\n\r\nok";
    };
  }

  /// The PROXY header before the first request, without ports, or nothing.
  private static String proxyHeader(InputStream in) throws IOException {
    in.mark(16);
    int first = in.read();
    int second = in.read();
    in.reset();
    if (first == '\r') {
      byte[] start = in.readNBytes(16);
      byte[] rest = in.readNBytes((start[14] & 255) << 8 | start[15] & 255);
      String types = (start[12] & 255) + " " + (start[13] & 255) + " " + rest.length;
      // Behind two IPv4 addresses and two ports.
      byte[] more = rest.length > 12 ? Arrays.copyOfRange(rest, 12, rest.length) : new byte[0];
      return "v2 " + types + " " + HexFormat.of().formatHex(more) + "\n";
    }
    if (first != 'P' || second != 'R') {
      return "";
    }
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip().replaceAll(" \\d+ \\d+$", " * *") + "\n";
  }
}
