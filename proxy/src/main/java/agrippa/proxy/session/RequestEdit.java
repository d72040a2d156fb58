package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Cookies;
import agrippa.proxy.http.FieldName;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.http.HopByHop;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.plan.AddressText;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What a request becomes on its way to an endpoint.
final class RequestEdit {
  private static final byte[] UPGRADE = Ascii.bytes("Connection: upgrade\r\n");
  private static final byte[] H2 = Ascii.bytes("h2");

  private RequestEdit() {}

  /// Edits the head at the start of `in`.
  ///
  /// @param upgrade whether the connection may change its protocol
  /// @param hiddenCookie not shown to endpoints, or null
  /// @param address whether fields tell the client's address
  static void apply(
      HttpLoop http,
      Buffer in,
      Channel client,
      InsertedFields inserted,
      boolean upgrade,
      byte @Nullable [] hiddenCookie,
      boolean address) {
    RequestHead head = http.request();
    HeadEditor editor = http.editor();
    HopByHop.cut(in, head, editor, upgrade);
    head.toOriginForm(in, editor);
    if (hiddenCookie != null) {
      Cookies.cut(in, head.fields(), hiddenCookie, editor);
    }
    inserted.edit(in, head.fields(), editor, address);
    http.trace().edit(in, head.fields(), editor);
    if (upgrade) {
      editor.add(UPGRADE);
    }
    if (!head.http11()) {
      modernize(in, head, editor, client.local());
    }
    editor.apply(in, head.start(), head.end());
  }

  /// Makes HTTP/1.1 of an HTTP/1.0 request.
  private static void modernize(
      Buffer in, RequestHead head, HeadEditor editor, InetSocketAddress local) {
    head.claimHttp11(in);
    Fields fields = head.fields();
    for (int i = fields.find(FieldName.EXPECT, 0);
        i >= 0;
        i = fields.find(FieldName.EXPECT, i + 1)) {
      // Such a client cannot mean it, and would not understand the answer.
      editor.cutField(fields, i);
    }
    if (head.host() < 0) {
      String host = AddressText.literal(local.getAddress());
      editor.add(Ascii.bytes("Host: " + host + ":" + local.getPort() + "\r\n"));
    }
  }

  /// Whether the client wants another protocol on this connection, and it is one that cannot hide
  /// requests from the routes: HTTP/2 without TLS can.
  static boolean wantsUpgrade(Buffer in, RequestHead head) {
    boolean body = head.chunked() || head.length() > 0;
    int field = head.fields().find(FieldName.UPGRADE, 0);
    if (!head.http11() || !head.saysUpgrade() || body || field < 0) {
      return false;
    }
    for (; field >= 0; field = head.fields().find(FieldName.UPGRADE, field + 1)) {
      if (offersHttp2(in, head.fields().value(field), head.fields().valueEnd(field))) {
        return false;
      }
    }
    return true;
  }

  private static boolean offersHttp2(Buffer in, int from, int to) {
    int at = from;
    while (at < to) {
      int comma = Ascii.find(in, at, to, (byte) ',');
      if (Ascii.startsIgnoringCase(in, Ascii.skipBlanks(in, at, comma), comma, H2)) {
        return true;
      }
      at = comma + 1;
    }
    return false;
  }
}
