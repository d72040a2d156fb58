package agrippa.proxy.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.transport.Buffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The examples of RFC 7541, appendix C, and what is no header block.
class HpackTest {
  private final Buffer in = Buffer.allocate(1 << 16);
  private final HpackDecoder decoder =
      new HpackDecoder(new byte[HpackDecoder.TEXT], Http2Loop.LIST_LIMIT, in);

  @AfterEach
  void free() {
    in.free();
  }

  private List<String> decode(String hex) throws Violation {
    byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    in.window(0, 0);
    in.put(0, bytes, 0, bytes.length);
    in.produced(bytes.length);
    List<String> fields = new ArrayList<>();
    decoder.decode(
        in,
        0,
        bytes.length,
        (text, name, value, end) ->
            fields.add(
                new String(text, name, value - name, ISO_8859_1)
                    + "="
                    + new String(text, value, end - value, ISO_8859_1)));
    return fields;
  }

  @Test
  void literals() throws Violation {
    assertThat(decode("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))
        .containsExactly("custom-key=custom-header");
    assertThat(decode("040c 2f73 616d 706c 652f 7061 7468")).containsExactly(":path=/sample/path");
    assertThat(decode("1008 7061 7373 776f 7264 0673 6563 7265 74"))
        .containsExactly("password=secret");
    assertThat(decode("82")).containsExactly(":method=GET");
    assertThat(decode("be")).containsExactly("custom-key=custom-header");
  }

  @Test
  void requests() throws Violation {
    requests(
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65");
  }

  @Test
  void requestsInHuffmanCode() throws Violation {
    requests(
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
  }

  private void requests(String first, String second, String third) throws Violation {
    assertThat(decode(first))
        .containsExactly(":method=GET", ":scheme=http", ":path=/", ":authority=www.example.com");
    assertThat(decode(second))
        .containsExactly(
            ":method=GET",
            ":scheme=http",
            ":path=/",
            ":authority=www.example.com",
            "cache-control=no-cache");
    assertThat(decode(third))
        .containsExactly(
            ":method=GET",
            ":scheme=https",
            ":path=/index.html",
            ":authority=www.example.com",
            "custom-key=custom-value");
  }

  /// Here the table is so small that entries give way to others.
  @Test
  void responsesInHuffmanCode() throws Violation {
    assertThat(
            decode(
                "3f e101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0"
                    + " 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3"))
        .containsExactly(
            ":status=302",
            "cache-control=private",
            "date=Mon, 21 Oct 2013 20:13:21 GMT",
            "location=https://www.example.com");
    assertThat(decode("4883 640e ffc1 c0bf"))
        .containsExactly(
            ":status=307",
            "cache-control=private",
            "date=Mon, 21 Oct 2013 20:13:21 GMT",
            "location=https://www.example.com");
    assertThat(
            decode(
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab"
                    + " 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5"
                    + " 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"))
        .containsExactly(
            ":status=200",
            "cache-control=private",
            "date=Mon, 21 Oct 2013 20:13:22 GMT",
            "location=https://www.example.com",
            "content-encoding=gzip",
            "set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
  }

  @Test
  void sizesOfTheTable() throws Violation {
    decode("4001 61 01 62");
    assertThat(decode("be")).containsExactly("a=b");
    assertThat(decode("20 3f e11f 82")).containsExactly(":method=GET");
    assertThatThrownBy(() -> decode("be")).isInstanceOf(Violation.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Number 0, and numbers of nothing.
        "80",
        "be",
        "ff ff ff ff ff ff ff ff ff 7f",
        "7f 00 01 61",
        // Ends too early.
        "40",
        "40 05 61",
        "00 01 61",
        "00 01 61 7f",
        "ff",
        "82 3f",
        // A table that is too large, and one that changes too late.
        "3f e2 1f",
        "82 20",
        // Padding of more than seven bits, of zeros, and the end of all within.
        "00 81 1f 82 ff ff",
        "00 01 61 81 18",
        "00 01 61 84 ff ff ff ff",
      })
  void isNoHeaderBlock(String hex) {
    assertThatThrownBy(() -> decode(hex))
        .isInstanceOfSatisfying(
            Violation.class, it -> assertThat(it.code()).isEqualTo(ErrorCode.COMPRESSION_ERROR));
  }

  /// Whatever comes, it is decoded or refused, and nothing else happens.
  @Test
  void anything() {
    Random random = new Random(1);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      try {
        decode(HexFormat.of().formatHex(bytes));
      } catch (Violation violation) {
        refused++;
      }
    }
    assertThat(refused).isBetween(10_000, 20_000);
  }

  @Test
  void whatIsWrittenIsRead() throws Violation {
    Buffer head = Buffer.allocate(4_096);
    Buffer block = Buffer.allocate(8_192);
    try {
      HpackEncoder encoder = new HpackEncoder(block);
      encoder.begin();
      for (int status : new int[] {200, 404, 418, 599, 100}) {
        encoder.status(status);
      }
      String long1 = "v".repeat(300);
      String text = "Content-Type" + "X-Own" + long1;
      head.put(0, text.getBytes(ISO_8859_1), 0, text.length());
      head.produced(text.length());
      encoder.field(head, 0, 12, 12, 17);
      encoder.field(head, 12, 17, 17, text.length());
      byte[] bytes = new byte[block.length()];
      block.get(0, bytes, 0, bytes.length);
      assertThat(decode(HexFormat.of().formatHex(bytes)))
          .containsExactly(
              ":status=200",
              ":status=404",
              ":status=418",
              ":status=599",
              ":status=100",
              "content-type=X-Own",
              "x-own=" + long1);
    } finally {
      head.free();
      block.free();
    }
  }
}
