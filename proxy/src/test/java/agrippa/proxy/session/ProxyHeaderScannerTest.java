package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.session.ProxyHeaderScanner.Progress;
import agrippa.proxy.session.ProxyHeaderScanner.Told;
import agrippa.proxy.transport.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers of the PROXY protocol, whole and in pieces.
class ProxyHeaderScannerTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String IPV4 = "c0000201" + "c0000202" + "dc04" + "01bb";

  private final Buffer buffer = Buffer.allocate(16_384);
  private int left;

  @AfterEach
  void free() {
    buffer.free();
  }

  /// Reads as much as is wanted each time, at most `most` bytes; `left` is what it did not read.
  private Told told(byte[] bytes, int most) {
    ProxyHeaderScanner scanner = new ProxyHeaderScanner();
    int at = 0;
    while (at < bytes.length) {
      int count = Math.min(Math.min(scanner.wanted(), most), bytes.length - at);
      buffer.window(0, 0);
      buffer.put(0, bytes, at, count);
      buffer.produced(count);
      at += count;
      if (scanner.take(buffer) != Progress.MORE) {
        left = bytes.length - at;
        assertThat(scanner.wanted()).isZero();
        return scanner.told();
      }
    }
    assertThat(scanner.wanted()).isPositive();
    return null;
  }

  private Told told(byte[] bytes) {
    Told whole = told(bytes, Integer.MAX_VALUE);
    assertThat(told(bytes, 1)).isEqualTo(whole);
    return whole;
  }

  private Told told(String line) {
    return told(line.getBytes(ISO_8859_1));
  }

  /// @param hex of what follows the signature
  private Told block(String hex) {
    return told(HexFormat.of().parseHex(SIGNATURE + hex));
  }

  private static String text(Told told) {
    return switch (told) {
      case null -> "more";
      case Told.Relayed(var from, var to) -> from + " " + to;
      case Told.Nothing() -> "nothing";
      case Told.Malformed _ -> "malformed";
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PROXY TCP4 192.0.2.1 192.0.2.2 56324 443    | /192.0.2.1:56324 /192.0.2.2:443
          PROXY TCP4 1.1.1.1 2.2.2.2 0 1              | /1.1.1.1:0 /2.2.2.2:1
          PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535 \
          | /255.255.255.255:65535 /255.255.255.255:65535
          PROXY TCP6 2001:db8::1 ::1 1 65535          | /[2001:db8:0:0:0:0:0:1]:1 /[0:0:0:0:0:0:0:1]:65535
          PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2         | /192.0.2.1:1 /[0:0:0:0:0:0:0:1]:2
          PROXY UNKNOWN                               | nothing
          PROXY UNKNOWN ffff:f...f:ffff 65535 whatever| nothing
          PROXY TCP4 192.0.2.1 192.0.2.2 56324        | malformed
          PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 1  | malformed
          PROXY TCP4 192.0.2.1  192.0.2.2 56324 443   | malformed
          PROXY TCP4 192.0.2.256 192.0.2.2 56324 443  | malformed
          PROXY TCP4 192.0.2 192.0.2.2 56324 443      | malformed
          PROXY TCP4 ::1 ::1 56324 443                | malformed
          PROXY TCP6 192.0.2.1 192.0.2.2 56324 443    | malformed
          PROXY TCP6 fe80::1%lo ::1 56324 443         | malformed
          PROXY TCP6 :::1 ::1 56324 443               | malformed
          PROXY TCP4 192.0.2.1 192.0.2.2 65536 443    | malformed
          PROXY TCP4 192.0.2.1 192.0.2.2 080 443      | malformed
          PROXY TCP4 192.0.2.1 192.0.2.2 -1 443       | malformed
          PROXY TCP5 192.0.2.1 192.0.2.2 56324 443    | malformed
          PROXY tcp4 192.0.2.1 192.0.2.2 56324 443    | malformed
          GET / HTTP/1.1                              | malformed
          proxy TCP4 192.0.2.1 192.0.2.2 56324 443    | malformed
          """)
  void readsLines(String line, String expected) {
    assertThat(text(told(line + "\r\n"))).isEqualTo(expected);
  }

  /// Else it would depend on how the bytes come whether such a line is one.
  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKN\rWON\n\r\n", "PROXY UNKNOWN a\rb\r\n"})
  void theFirstCarriageReturnEndsALine(String line) {
    assertThat(text(told(line))).isEqualTo("malformed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN\r\n",
        "PROXY UNKNOWN x\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP6 2001:db8::1 2001:db8::2 10000 443\r\n"
      })
  void leavesWhatFollowsALine(String line) {
    assertThat(text(told(line + "GET / HTTP/1.1\r\n"))).isNotEqualTo("malformed");
    assertThat(left).isEqualTo("GET / HTTP/1.1\r\n".length());
  }

  @Test
  void aLineEndsInTimeAndInOrder() {
    String longest = "PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n";
    assertThat(text(told(longest))).isEqualTo("nothing");
    assertThat(text(told(longest.replace("\r\n", "x\r\n")))).isEqualTo("malformed");
    assertThat(text(told("PROXY UNKNOWN\n" + "x".repeat(107)))).isEqualTo("malformed");
    assertThat(text(told("PROXY UNKNOWN\rx\r\n"))).isEqualTo("malformed");
    assertThat(text(told("PROXY TCP4 1.1.1.1 2.2.2.2 1 2"))).isEqualTo("more");
  }

  @ParameterizedTest
  @CsvSource({
    // Version and command, family and transport, length.
    "21 11 000c " + IPV4 + ", /192.0.2.1:56324 /192.0.2.2:443",
    "21 11 0010 " + IPV4 + " 04000100, /192.0.2.1:56324 /192.0.2.2:443",
    "20 00 0000, nothing",
    "20 11 0003 ffffff, nothing",
    "21 00 0000, nothing",
    "21 00 0003 ffffff, nothing",
    "21 12 000c " + IPV4 + ", nothing",
    "21 10 000c " + IPV4 + ", nothing",
    "21 11 000b " + "c0000201c0000202dc0401" + ", malformed",
    "21 11 000d " + IPV4 + " 04, malformed",
    "21 11 000f " + IPV4 + " 040001, malformed",
    "21 11 000f " + IPV4 + " 030000, malformed",
    "21 13 000c " + IPV4 + ", malformed",
    "21 41 000c " + IPV4 + ", malformed",
    "22 11 000c " + IPV4 + ", malformed",
    "11 11 000c " + IPV4 + ", malformed",
    "21 11 1001, malformed",
    "21 11 000c c0, more",
  })
  void readsBlocks(String hex, String expected) {
    assertThat(text(block(hex.replace(" ", "")))).isEqualTo(expected);
  }

  @Test
  void readsOtherFamilies() {
    String six = "20010db8000000000000000000000001" + "00000000000000000000000000000001";
    assertThat(text(block("21210024" + six + "000101bb")))
        .isEqualTo("/[2001:db8:0:0:0:0:0:1]:1 /[0:0:0:0:0:0:0:1]:443");
    assertThat(text(block("212100" + "23" + six + "000101"))).isEqualTo("malformed");
    assertThat(text(block("213100d8" + "2f".repeat(216)))).isEqualTo("nothing");
    assertThat(text(block("213200d8" + "2f".repeat(216)))).isEqualTo("nothing");
    assertThat(text(block("213100d7" + "2f".repeat(215)))).isEqualTo("malformed");
  }

  @Test
  void leavesWhatFollowsABlock() {
    block("2111000c" + IPV4 + "474554");
    assertThat(left).isEqualTo(3);
  }

  @Test
  void verifiesTheChecksum() {
    byte[] header =
        HexFormat.of().parseHex(SIGNATURE + "21110017" + IPV4 + "0300040000000004000100");
    CRC32C sum = new CRC32C();
    sum.update(header);
    ByteBuffer.wrap(header).putInt(31, (int) sum.getValue());
    assertThat(text(told(header))).startsWith("/192.0.2.1:56324");
    header[40 - 2] = 7;
    assertThat(text(told(header))).isEqualTo("malformed");
  }

  @Test
  void takesLongBlocksUpToALimit() {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(HexFormat.of().parseHex(SIGNATURE + "21111000" + IPV4 + "040ff1"));
    header.writeBytes(new byte[0xff1]);
    assertThat(text(told(header.toByteArray()))).startsWith("/192.0.2.1:56324");
  }

  @Test
  void refusesToBeGivenMore() {
    buffer.put(0, new byte[16], 0, 16);
    buffer.produced(16);
    assertThatThrownBy(() -> new ProxyHeaderScanner().take(buffer))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
