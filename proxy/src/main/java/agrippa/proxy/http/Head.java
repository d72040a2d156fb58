package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// What a scan noted about a head, as positions in its buffer. Reused from message to message.
public abstract sealed class Head permits RequestHead, ResponseHead {
  private static final byte[] CHUNKED = Ascii.bytes("chunked");
  private static final byte[] CLOSE = Ascii.bytes("close");
  private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
  private static final byte[] UPGRADE = Ascii.bytes("upgrade");
  private static final byte[] TE = Ascii.bytes("te");
  // The longest number of digits that cannot overflow.
  private static final int LENGTH_DIGITS = 18;

  /// Most bytes of all Connection fields that name others: each is compared with every field, which
  /// would make a head of many of both cost as much as a hundred.
  private static final int NOMINATIONS = 1_024;

  private final Fields fields;
  private int start;
  private int end;
  private int version;
  private boolean http11;

  private long length;
  private boolean chunked;
  private boolean saysClose;
  private boolean saysKeepAlive;
  private boolean saysUpgrade;
  private boolean nominates;
  private int connectionBytes;

  Head(HeadLimits limits) {
    fields = new Fields(limits.fields());
  }

  public Fields fields() {
    return fields;
  }

  public int start() {
    return start;
  }

  /// Behind the empty line.
  public int end() {
    return end;
  }

  public boolean http11() {
    return http11;
  }

  /// The value of Content-Length, or -1 if there is none.
  public long length() {
    return length;
  }

  /// Whether the body is sent in chunks.
  public boolean chunked() {
    return chunked;
  }

  /// Whether Connection asks for `Upgrade`.
  public boolean saysUpgrade() {
    return saysUpgrade;
  }

  /// Whether Connection names fields that belong to this hop only.
  public boolean nominates() {
    return nominates;
  }

  /// Whether the sender will use the connection again.
  public boolean keepAlive() {
    return !saysClose && (http11 || saysKeepAlive);
  }

  void version(int at, boolean is11) {
    version = at;
    http11 = is11;
  }

  /// Makes the message HTTP/1.1: a proxy speaks for itself.
  public void claimHttp11(Buffer in) {
    in.put(version + 7, (byte) '1');
  }

  /// Reads the fields that frame the message.
  ///
  /// @return 0 or a negative status
  final int judgeFraming(Buffer in, int from, int behind) {
    start = from;
    end = behind;
    length = -1;
    connectionBytes = 0;
    chunked = saysClose = saysKeepAlive = saysUpgrade = nominates = false;
    for (int i = 0; i < fields.count(); i++) {
      int bad =
          switch (fields.name(i)) {
            case CONTENT_LENGTH -> contentLength(in, i);
            case TRANSFER_ENCODING -> transferEncoding(in, i);
            case CONNECTION -> connection(in, fields.value(i), fields.valueEnd(i));
            case COOKIE,
                EXPECT,
                HOST,
                KEEP_ALIVE,
                PROXY_CONNECTION,
                SET_COOKIE,
                STRICT_TRANSPORT_SECURITY,
                TE,
                UPGRADE,
                OTHER ->
                0;
          };
      if (bad != 0) {
        return bad;
      }
    }
    return 0;
  }

  private int contentLength(Buffer in, int field) {
    int from = fields.value(field);
    int to = fields.valueEnd(field);
    if (from == to || to - from > LENGTH_DIGITS) {
      return HeadScanner.BAD;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (!Ascii.isDigit(in.at(i))) {
        return HeadScanner.BAD;
      }
      value = value * 10 + in.at(i) - '0';
    }
    if (length >= 0 && length != value) {
      return HeadScanner.BAD;
    }
    length = value;
    return 0;
  }

  /// Exactly `chunked`, once: every other spelling is understood by some and overlooked by others.
  private int transferEncoding(Buffer in, int field) {
    if (chunked || !http11) {
      return HeadScanner.BAD;
    }
    int from = fields.value(field);
    int to = fields.valueEnd(field);
    chunked = Ascii.sameIgnoringCase(in, from, to, CHUNKED);
    return chunked ? 0 : isToken(in, from, to) ? HeadScanner.NOT_IMPLEMENTED : HeadScanner.BAD;
  }

  private static boolean isToken(Buffer in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isToken(in.at(i))) {
        return false;
      }
    }
    return from < to;
  }

  private int connection(Buffer in, int from, int to) {
    int at = from;
    while (at < to) {
      int comma = Ascii.find(in, at, to, (byte) ',');
      int option = Ascii.skipBlanks(in, at, comma);
      connectionOption(in, option, Ascii.trimEnd(in, option, comma));
      at = comma + 1;
    }
    connectionBytes += to - from;
    return nominates && connectionBytes > NOMINATIONS ? HeadScanner.TOO_LARGE : 0;
  }

  private void connectionOption(Buffer in, int from, int to) {
    if (Ascii.sameIgnoringCase(in, from, to, KEEP_ALIVE)) {
      saysKeepAlive = true;
    } else if (Ascii.sameIgnoringCase(in, from, to, CLOSE)) {
      saysClose = true;
    } else if (Ascii.sameIgnoringCase(in, from, to, UPGRADE)) {
      saysUpgrade = true;
    } else if (from < to && !Ascii.sameIgnoringCase(in, from, to, TE)) {
      nominates = true;
    }
  }
}
