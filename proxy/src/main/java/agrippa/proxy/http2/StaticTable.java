package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;

/// The fields that everybody knows by number (RFC 7541, appendix A).
final class StaticTable {
  static final int SIZE = 61;

  private static final String ENTRIES =
      """
      :authority
      :method|GET
      :method|POST
      :path|/
      :path|/index.html
      :scheme|http
      :scheme|https
      :status|200
      :status|204
      :status|206
      :status|304
      :status|400
      :status|404
      :status|500
      accept-charset
      accept-encoding|gzip, deflate
      accept-language
      accept-ranges
      accept
      access-control-allow-origin
      age
      allow
      authorization
      cache-control
      content-disposition
      content-encoding
      content-language
      content-length
      content-location
      content-range
      content-type
      cookie
      date
      etag
      expect
      expires
      from
      host
      if-match
      if-modified-since
      if-none-match
      if-range
      if-unmodified-since
      last-modified
      link
      location
      max-forwards
      proxy-authenticate
      proxy-authorization
      range
      referer
      refresh
      retry-after
      server
      set-cookie
      strict-transport-security
      transfer-encoding
      user-agent
      vary
      via
      www-authenticate
      """;

  private static final byte[][] NAMES = new byte[SIZE + 1][];
  private static final byte[][] VALUES = new byte[SIZE + 1][];

  /// By hash of the name; longer than any row of collisions.
  private static final int[] BY_NAME = new int[256];

  static {
    int number = 1;
    for (String line : ENTRIES.lines().toList()) {
      int bar = line.indexOf('|');
      NAMES[number] = Ascii.bytes(bar < 0 ? line : line.substring(0, bar));
      VALUES[number] = Ascii.bytes(bar < 0 ? "" : line.substring(bar + 1));
      enter(number++);
    }
  }

  private StaticTable() {}

  private static void enter(int number) {
    byte[] name = NAMES[number];
    int slot = slot(name.length, name[0], name[name.length - 1]);
    while (BY_NAME[slot] != 0) {
      slot = slot + 1 & BY_NAME.length - 1;
    }
    BY_NAME[slot] = number;
  }

  private static int slot(int length, byte first, byte last) {
    return (length * 31 + first) * 17 + last & BY_NAME.length - 1;
  }

  static byte[] name(int number) {
    return NAMES[number];
  }

  static byte[] value(int number) {
    return VALUES[number];
  }

  /// The first entry with the name from `from` to `to`, in any case, or 0.
  static int named(Buffer in, int from, int to) {
    int slot = slot(to - from, Ascii.lower(in.at(from)), Ascii.lower(in.at(to - 1)));
    while (BY_NAME[slot] != 0) {
      if (Ascii.sameIgnoringCase(in, from, to, NAMES[BY_NAME[slot]])) {
        return BY_NAME[slot];
      }
      slot = slot + 1 & BY_NAME.length - 1;
    }
    return 0;
  }
}
