package agrippa.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.http.PlainHead.Field;
import agrippa.proxy.transport.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/// Any bytes as the head of a request and of a response: the scanner says what [PlainHead] says,
/// reads nothing beyond what is there, says the same when the bytes come in pieces, and what it
/// accepts is accepted again, and means the same, after it was edited for the next hop.
public final class HeadFuzz {
  private static final HeadLimits LIMITS = new HeadLimits(512, 64, 12, 64, 128);
  private static final int PIECES = 6;
  private static final int FRONT = 64;
  private static final byte[] ADDED = Ascii.bytes("X-Forwarded-For: 127.0.0.1\r\n");
  private static final byte[] HOST = Ascii.bytes("Host: a\r\n");
  private static final Set<Field> ADDED_FIELDS =
      Set.of(new Field("X-Forwarded-For", "127.0.0.1"), new Field("Host", "a"));
  // An edited head has more fields, and a target without authority.
  private static final HeadLimits EDITED = new HeadLimits(1_024, 128, 16, 64, 128);
  private static final Set<String> HOP =
      Set.of("connection", "keep-alive", "proxy-connection", "te", "upgrade");

  private final HeadScanner scanner = new HeadScanner(LIMITS);
  private final RequestHead request = new RequestHead(LIMITS);
  private final ResponseHead response = new ResponseHead(LIMITS);
  private final byte[] data;
  private final String text;
  private final Random random;

  private HeadFuzz(byte[] data) {
    this.data = data;
    this.text = new String(data, ISO_8859_1);
    this.random = new Random(Arrays.hashCode(data));
  }

  public static void fuzzerTestOneInput(byte[] data) {
    HeadFuzz fuzz = new HeadFuzz(data);
    fuzz.requests();
    fuzz.responses();
  }

  /// Just these bytes: to look beyond them is an error.
  private static Buffer exactly(byte[] bytes, int count) {
    Buffer in = Buffer.over(MemorySegment.ofArray(Arrays.copyOf(bytes, count)));
    in.window(0, count);
    return in;
  }

  private int scanRequest(int count) {
    return scanner.request(exactly(data, count), request);
  }

  private int scanResponse(int count) {
    return scanner.response(exactly(data, count), response, false);
  }

  private void requests() {
    int whole = scanRequest(data.length);
    PlainHead plain = PlainHead.request(text, LIMITS);
    assertThat(whole > 0).as("accepted").isEqualTo(plain != null);
    assertThat(whole).as("ends").isLessThanOrEqualTo(data.length);
    if (data.length >= LIMITS.head() + 8) {
      assertThat(whole).as("decided at last").isNotEqualTo(HeadScanner.INCOMPLETE);
    }
    for (int i = 0; i < PIECES; i++) {
      int count = random.nextInt(data.length + 1);
      agree(scanRequest(count), whole, count);
    }
    inPieces(whole);
    if (plain != null) {
      Buffer in = exactly(data, data.length);
      assertThat(scanner.request(in, request)).isEqualTo(plain.end());
      same(in, plain);
      forward(plain);
    }
  }

  private void responses() {
    int whole = scanResponse(data.length);
    PlainHead plain = PlainHead.response(text, LIMITS);
    assertThat(whole > 0).as("accepted").isEqualTo(plain != null);
    for (int i = 0; i < PIECES; i++) {
      int count = random.nextInt(data.length + 1);
      agree(scanResponse(count), whole, count);
    }
    if (plain != null) {
      Buffer in = exactly(data, data.length);
      assertThat(scanner.response(in, response, false)).isEqualTo(plain.end());
      assertThat(response.status()).isEqualTo(plain.status());
      same(in, response, plain);
      back(plain);
    }
  }

  /// What is said of the first `count` bytes is no other than what is said of all.
  private static void agree(int part, int whole, int count) {
    if (part > 0) {
      assertThat(whole).as("ends where it ended").isEqualTo(part);
    } else if (part < 0) {
      assertThat(whole).as("refused as before").isNegative();
    } else if (whole > 0) {
      assertThat(count).as("incomplete before its end").isLessThan(whole);
    }
  }

  /// As a session does: scans when it seems worth it.
  private void inPieces(int whole) {
    int known = 0;
    int found = HeadScanner.INCOMPLETE;
    while (found == HeadScanner.INCOMPLETE && known < data.length) {
      int count = Math.min(data.length, known + 1 + random.nextInt(40));
      Buffer in = exactly(data, count);
      if (scanner.worthAScan(in, known)) {
        found = scanner.request(in, request);
      }
      known = count;
    }
    if (whole > 0) {
      assertThat(found).as("found in pieces").isEqualTo(whole);
    } else {
      assertThat(found).as("refused in pieces").isNotPositive();
    }
  }

  private void same(Buffer in, PlainHead plain) {
    assertThat(request.start()).isEqualTo(plain.skipped());
    assertThat(Ascii.text(in, request.start(), request.methodEnd())).isEqualTo(plain.method());
    assertThat(Ascii.text(in, request.target(), request.targetEnd())).isEqualTo(plain.target());
    List<String> hosts = plain.values("Host");
    assertThat(request.host() < 0).isEqualTo(hosts.isEmpty());
    if (request.host() >= 0) {
      assertThat(value(in, request, request.host())).isEqualTo(hosts.getFirst());
    }
    assertThat(request.path()).isBetween(request.target(), request.targetEnd());
    assertThat(request.pathEnd()).isBetween(request.path(), request.targetEnd());
    same(in, request, plain);
  }

  private static void same(Buffer in, Head head, PlainHead plain) {
    assertThat(head.end()).isEqualTo(plain.end());
    assertThat(head.length()).isEqualTo(plain.length());
    assertThat(head.chunked()).isEqualTo(plain.chunked());
    assertThat(head.http11()).isEqualTo(plain.http11());
    assertThat(head.keepAlive()).isEqualTo(plain.keepAlive());
    assertThat(head.saysUpgrade()).isEqualTo(plain.options().contains("upgrade"));
    assertThat(fields(in, head)).isEqualTo(plain.fields());
  }

  private static List<Field> fields(Buffer in, Head head) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < head.fields().count(); i++) {
      String name = Ascii.text(in, head.fields().line(i), head.fields().nameEnd(i));
      fields.add(new Field(name, value(in, head, i)));
    }
    return fields;
  }

  private static String value(Buffer in, Head head, int field) {
    return Ascii.text(in, head.fields().value(field), head.fields().valueEnd(field));
  }

  /// The request as the next hop gets it.
  private void forward(PlainHead plain) {
    Buffer in = withRoom();
    int end = scanner.request(in, request);
    HeadEditor editor = new HeadEditor(FRONT);
    HopByHop.cut(in, request, editor, false);
    request.toOriginForm(in, editor);
    editor.add(ADDED);
    if (request.host() < 0) {
      editor.add(HOST);
    }
    request.claimHttp11(in);
    editor.apply(in, request.start(), end);
    PlainHead next = PlainHead.request(Ascii.text(in, in.start(), end), EDITED);
    assertThat(next).as("the edited head").isNotNull();
    assertThat(next.method()).isEqualTo(plain.method());
    assertThat(next.target()).isEqualTo(originForm(plain));
    kept(plain, next);
  }

  private static String originForm(PlainHead plain) {
    String rest = plain.target().replaceFirst("(?i)^https?://[^/?]+", "");
    if (rest.isEmpty()) {
      return plain.method().equals("OPTIONS") ? "*" : "/";
    }
    return rest.startsWith("?") ? "/" + rest : rest;
  }

  private void back(PlainHead plain) {
    Buffer in = withRoom();
    int end = scanner.response(in, response, false);
    HeadEditor editor = new HeadEditor(FRONT);
    HopByHop.cut(in, response, editor, false);
    editor.add(ADDED);
    response.claimHttp11(in);
    editor.apply(in, response.start(), end);
    PlainHead next = PlainHead.response(Ascii.text(in, in.start(), end), EDITED);
    assertThat(next).as("the edited head").isNotNull();
    assertThat(next.status()).isEqualTo(plain.status());
    kept(plain, next);
  }

  /// All fields are there that are not of one hop, and what was added; the framing is the same.
  private static void kept(PlainHead plain, PlainHead next) {
    List<String> options = plain.options();
    List<Field> expected = new ArrayList<>();
    boolean length = false;
    for (Field field : plain.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      boolean again = name.equals("content-length") && length;
      length |= name.equals("content-length");
      boolean nominated = options.contains(name) && !means(name);
      if (!HOP.contains(name) && !again && !nominated) {
        expected.add(field);
      }
    }
    expected.removeIf(ADDED_FIELDS::contains);
    List<Field> got = new ArrayList<>(next.fields());
    got.removeIf(ADDED_FIELDS::contains);
    assertThat(got).isEqualTo(expected);
    assertThat(next.length()).isEqualTo(plain.length());
    assertThat(next.chunked()).isEqualTo(plain.chunked());
  }

  private static boolean means(String lower) {
    return FieldName.means(Ascii.bytes(lower), lower.length());
  }

  private Buffer withRoom() {
    byte[] roomy = new byte[FRONT + data.length];
    System.arraycopy(data, 0, roomy, FRONT, data.length);
    Buffer in = Buffer.over(MemorySegment.ofArray(roomy));
    in.window(FRONT, roomy.length);
    return in;
  }
}
