package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.transport.Buffer;
import org.jspecify.annotations.Nullable;

/// Writes heads of HTTP/1.1 as header blocks, without what concerns one connection of HTTP/1 only
/// (RFC 9113, section 8.2.2).
final class HeadFields {
  private static final int AUTHORITY = 1;
  private static final int METHOD_GET = 2;
  private static final int METHOD_POST = 3;
  private static final int PATH = 4;
  private static final int SCHEME_HTTP = 6;
  private static final int SCHEME_HTTPS = 7;
  private static final byte[] GET = Ascii.bytes("GET");
  private static final byte[] POST = Ascii.bytes("POST");
  private static final byte[] TE_TRAILERS = Ascii.bytes("te: trailers\n");

  private final HpackEncoder encoder;
  private final Buffer lines;

  /// @param lines where the lines of trailers are looked at
  HeadFields(HpackEncoder encoder, Buffer lines) {
    this.encoder = encoder;
    this.lines = lines;
  }

  /// Writes a response's head.
  Buffer response(Buffer in, ResponseHead head) {
    encoder.begin();
    encoder.status(head.status());
    regular(in, head.fields());
    return encoder.block();
  }

  /// Writes the head of a response without any field.
  Buffer response(int status) {
    encoder.begin();
    encoder.status(status);
    return encoder.block();
  }

  /// Writes a request's head.
  ///
  /// @param secure whether the connection is encrypted
  Buffer request(Buffer in, RequestHead head, boolean secure) {
    encoder.begin();
    if (Ascii.same(in, head.start(), head.methodEnd(), GET)) {
      encoder.indexed(METHOD_GET);
    } else if (Ascii.same(in, head.start(), head.methodEnd(), POST)) {
      encoder.indexed(METHOD_POST);
    } else {
      encoder.literal(METHOD_GET, in, head.start(), head.methodEnd());
    }
    encoder.indexed(secure ? SCHEME_HTTPS : SCHEME_HTTP);
    encoder.literal(PATH, in, head.target(), head.targetEnd());
    int host = head.host();
    if (host >= 0 && head.fields().value(host) < head.fields().valueEnd(host)) {
      encoder.literal(AUTHORITY, in, head.fields().value(host), head.fields().valueEnd(host));
    }
    regular(in, head.fields());
    lines.window(0, 0);
    lines.put(0, TE_TRAILERS, 0, TE_TRAILERS.length);
    lines.produced(TE_TRAILERS.length);
    return lines();
  }

  private void regular(Buffer in, Fields fields) {
    for (int i = 0; i < fields.count(); i++) {
      boolean goesOn =
          switch (fields.name(i)) {
            case CONNECTION, HOST, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE ->
                false;
            case CONTENT_LENGTH, COOKIE, EXPECT, SET_COOKIE, STRICT_TRANSPORT_SECURITY, OTHER ->
                true;
          };
      if (goesOn) {
        encoder.field(in, fields.line(i), fields.nameEnd(i), fields.value(i), fields.valueEnd(i));
      }
    }
  }

  /// Writes the trailers of a body.
  ///
  /// @return null if there are none
  @Nullable Buffer trailers(ChunkReader body) {
    if (body.trailers(lines) == 0) {
      return null;
    }
    encoder.begin();
    return lines();
  }

  private Buffer lines() {
    int at = lines.start();
    while (at < lines.end()) {
      int end = Ascii.find(lines, at, lines.end(), (byte) '\n');
      int colon = Ascii.find(lines, at, end, (byte) ':');
      int value = Ascii.skipBlanks(lines, Math.min(colon + 1, end), end);
      encoder.field(lines, at, colon, value, Ascii.trimEnd(lines, value, end));
      at = end + 1;
    }
    return encoder.block();
  }
}
