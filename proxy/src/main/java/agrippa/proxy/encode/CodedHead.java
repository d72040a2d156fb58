package agrippa.proxy.encode;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.FieldName;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;

/// What the head of a response says when its body is encoded.
public final class CodedHead {
  /// Its name, for whoever else changes it.
  public static final byte[] ETAG = Ascii.bytes("etag");

  private static final byte[] GZIP = Ascii.bytes("gzip");
  private static final byte[] ZSTD = Ascii.bytes("zstd");
  private static final byte[] GZIP_LINE = Ascii.bytes("Content-Encoding: gzip\r\n");
  private static final byte[] ZSTD_LINE = Ascii.bytes("Content-Encoding: zstd\r\n");
  private static final byte[] CHUNKED_LINE = Ascii.bytes("Transfer-Encoding: chunked\r\n");
  private static final byte[] VARY_LINE = Ascii.bytes("Vary: Accept-Encoding\r\n");
  private static final byte[] WEAK_LINE = Ascii.bytes("ETag: W/");
  private static final byte[] LINE_END = Ascii.bytes("\r\n");

  private static final byte[] VARY = Ascii.bytes("vary");
  private static final byte[] ACCEPT_ENCODING = Ascii.bytes("accept-encoding");
  private static final byte[] ANYTHING = Ascii.bytes("*");

  /// They tell of bytes that the client will not see.
  private static final byte[][] OUTDATED = {
    Ascii.bytes("accept-ranges"),
    Ascii.bytes("content-md5"),
    Ascii.bytes("content-digest"),
    Ascii.bytes("repr-digest"),
    Ascii.bytes("digest")
  };

  /// Longer ones are dropped instead of weakened, bytes.
  private static final int LONGEST_TAG = 1_024;

  private CodedHead() {}

  static byte[] name(Coding coding) {
    return switch (coding) {
      case GZIP -> GZIP;
      case ZSTD -> ZSTD;
    };
  }

  /// Tells caches that clients are not all sent the same (RFC 9110, section 12.5.5).
  public static void vary(Buffer in, Fields fields, HeadEditor editor) {
    if (!fields.lists(in, VARY, ACCEPT_ENCODING) && !fields.lists(in, VARY, ANYTHING)) {
      editor.add(VARY_LINE);
    }
  }

  /// Describes a body that goes on in this coding, in chunks.
  public static void encoded(Buffer in, ResponseHead head, Coding coding, HeadEditor editor) {
    Fields fields = head.fields();
    for (int i = fields.find(FieldName.CONTENT_LENGTH, 0);
        i >= 0;
        i = fields.find(FieldName.CONTENT_LENGTH, i + 1)) {
      editor.cutField(fields, i);
    }
    for (byte[] name : OUTDATED) {
      for (int i = fields.find(in, name, 0); i >= 0; i = fields.find(in, name, i + 1)) {
        editor.cutField(fields, i);
      }
    }
    if (!head.chunked()) {
      editor.add(CHUNKED_LINE);
    }
    editor.add(
        switch (coding) {
          case GZIP -> GZIP_LINE;
          case ZSTD -> ZSTD_LINE;
        });
  }

  /// Has an entity tag promise the same content, no longer the same bytes (RFC 9110, section
  /// 8.8.1). What is no strong tag is left alone if it is a weak one, else dropped.
  public static void weaken(Buffer in, Fields fields, HeadEditor editor) {
    for (int i = fields.find(in, ETAG, 0); i >= 0; i = fields.find(in, ETAG, i + 1)) {
      int from = fields.value(i);
      int to = fields.valueEnd(i);
      if (from < to && in.at(from) == 'W') {
        continue;
      }
      editor.cutField(fields, i);
      if (from < to && in.at(from) == '"' && to - from <= LONGEST_TAG) {
        editor.add(WEAK_LINE);
        editor.add(in, from, to);
        editor.add(LINE_END);
        return;
      }
    }
  }
}
