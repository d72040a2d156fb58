package agrippa.proxy.encode;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which responses of a frontend are compressed, and for whom. Immutable.
public final class CompressionRules {
  /// Shorter bodies fit into the packet of their head, or nearly so, bytes.
  static final int LEAST = 256;

  private static final byte[] CONTENT_TYPE = Ascii.bytes("content-type");
  private static final byte[] CACHE_CONTROL = Ascii.bytes("cache-control");
  private static final byte[] NO_TRANSFORM = Ascii.bytes("no-transform");

  /// Its messages are compressed one by one, and it ends with a trailer.
  private static final byte[] GRPC = Ascii.bytes("application/grpc");

  /// A body with one of these is encoded already, is a part of one, or has fields behind it that
  /// would be lost.
  private static final byte[][] UNTOUCHED = {
    Ascii.bytes("content-encoding"), Ascii.bytes("content-range"), Ascii.bytes("trailer")
  };

  private final List<Coding> codings;
  private final byte[][] types;

  private CompressionRules(List<Coding> codings, List<String> types) {
    this.codings = codings;
    // Of all of a kind, what they begin with.
    this.types =
        types.stream().map(it -> Ascii.bytes(it.replace("/*", "/"))).toArray(byte[][]::new);
  }

  /// May block: what a coding needs is loaded.
  ///
  /// @return null if nothing is compressed
  public static @Nullable CompressionRules of(Compression plan) {
    List<Coding> codings = plan.codings().stream().filter(Encoders::canMake).toList();
    return codings.isEmpty() ? null : new CompressionRules(codings, plan.types());
  }

  /// How the response to a request can be encoded, if it is worth it; or null: not at all.
  public @Nullable Coding accepted(Buffer in, RequestHead head) {
    // How long the body will be is not known: before chunks, only the connection's end told.
    return head.http11() ? AcceptEncoding.best(in, head.fields(), codings) : null;
  }

  /// Whether a response is compressed for clients that accept it.
  public boolean cover(Buffer in, ResponseHead head) {
    // Others are pages of errors, parts, or no content at all.
    boolean whole = head.status() >= 200 && head.status() <= 203;
    boolean tiny = !head.chunked() && head.length() >= 0 && head.length() < LEAST;
    return whole && !tiny && listed(in, head.fields()) && free(in, head.fields());
  }

  private boolean listed(Buffer in, Fields fields) {
    int field = fields.find(in, CONTENT_TYPE, 0);
    if (field < 0) {
      return false;
    }
    int from = fields.value(field);
    int parameters = Ascii.find(in, from, fields.valueEnd(field), (byte) ';');
    int to = Ascii.trimEnd(in, from, parameters);
    if (Ascii.startsIgnoringCase(in, from, to, GRPC)) {
      return false;
    }
    for (byte[] type : types) {
      if (is(in, from, to, type)) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(Buffer in, int from, int to, byte[] type) {
    return type[type.length - 1] == '/'
        ? Ascii.startsIgnoringCase(in, from, to, type)
        : Ascii.sameIgnoringCase(in, from, to, type);
  }

  /// Whether nothing about the body forbids it.
  private static boolean free(Buffer in, Fields fields) {
    for (byte[] name : UNTOUCHED) {
      if (fields.find(in, name, 0) >= 0) {
        return false;
      }
    }
    return !fields.lists(in, CACHE_CONTROL, NO_TRANSFORM);
  }
}
