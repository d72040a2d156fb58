package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.FieldName;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.http.HopByHop;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.transport.Buffer;
import org.jspecify.annotations.Nullable;

/// What a response becomes on its way to a client.
final class ResponseEdit {
  private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
  private static final byte[] UPGRADE = Ascii.bytes("Connection: upgrade\r\n");

  private ResponseEdit() {}

  /// How a response tells what becomes of the connection.
  enum Connection {
    /// Nothing is said: it stays open.
    OPEN,
    /// It stays open, and the client must be told.
    KEEP_ALIVE,
    CLOSE,
    UPGRADE
  }

  /// Edits the head at the start of `in`.
  ///
  /// @param unwrapped whether the body's chunks are taken off
  /// @param added whole lines, or null
  /// @param treatment what the plan wants to be changed, or null
  static void apply(
      HttpLoop http,
      Buffer in,
      Connection connection,
      boolean unwrapped,
      byte @Nullable [] added,
      @Nullable Treatment treatment) {
    ResponseHead head = http.response();
    HeadEditor editor = http.editor();
    HopByHop.cut(in, head, editor, connection == Connection.UPGRADE);
    int status = head.status();
    // These cannot have a body: a client that believed the fields would wait for one.
    boolean bodiless = status < 200 || status == 204;
    if (bodiless || unwrapped) {
      cutAll(head.fields(), FieldName.TRANSFER_ENCODING, editor);
    }
    if (bodiless || head.ambiguous()) {
      cutAll(head.fields(), FieldName.CONTENT_LENGTH, editor);
    }
    switch (connection) {
      case OPEN -> {}
      case KEEP_ALIVE -> editor.add(KEEP_ALIVE);
      case CLOSE -> editor.add(CLOSE);
      case UPGRADE -> editor.add(UPGRADE);
    }
    if (added != null) {
      editor.add(added);
    }
    if (treatment != null) {
      treatment.edit(in, head, editor);
    }
    head.claimHttp11(in);
    editor.apply(in, head.start(), head.end());
  }

  private static void cutAll(Fields fields, FieldName name, HeadEditor editor) {
    for (int i = fields.find(name, 0); i >= 0; i = fields.find(name, i + 1)) {
      editor.cutField(fields, i);
    }
  }
}
