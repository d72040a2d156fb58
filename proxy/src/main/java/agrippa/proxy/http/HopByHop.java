package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// Fields that end at the next hop (RFC 9110, section 7.6.1).
public final class HopByHop {
  private HopByHop() {}

  /// Drops them from a head, and whatever else its Connection fields name. The framing stays.
  ///
  /// @param keepUpgrade whether Upgrade goes on, because both sides are asked to switch
  public static void cut(Buffer in, Head head, HeadEditor editor, boolean keepUpgrade) {
    Fields fields = head.fields();
    boolean lengthSeen = false;
    for (int i = 0; i < fields.count(); i++) {
      boolean cut =
          switch (fields.name(i)) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE -> true;
            case UPGRADE -> !keepUpgrade;
            // The same length again; the first is enough.
            case CONTENT_LENGTH -> lengthSeen;
            case COOKIE, EXPECT, HOST, SET_COOKIE, STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING ->
                false;
            case OTHER -> head.nominates() && nominated(in, fields, i);
          };
      lengthSeen |= fields.name(i) == FieldName.CONTENT_LENGTH;
      if (cut) {
        editor.cutField(fields, i);
      }
    }
  }

  private static boolean nominated(Buffer in, Fields fields, int field) {
    int connection = fields.find(FieldName.CONNECTION, 0);
    while (connection >= 0) {
      int at = fields.value(connection);
      int to = fields.valueEnd(connection);
      while (at < to) {
        int comma = Ascii.find(in, at, to, (byte) ',');
        int option = Ascii.skipBlanks(in, at, comma);
        int end = Ascii.trimEnd(in, option, comma);
        if (Ascii.sameIgnoringCase(in, option, end, fields.line(field), fields.nameEnd(field))) {
          return true;
        }
        at = comma + 1;
      }
      connection = fields.find(FieldName.CONNECTION, connection + 1);
    }
    return false;
  }
}
