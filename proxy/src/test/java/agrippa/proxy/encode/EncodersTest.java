package agrippa.proxy.encode;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodersTest {
  private static final int MOST = 128;

  private final Encoders encoders = new Encoders();
  private final Buffer in = Buffer.allocate(Encoders.PIECE);

  @AfterEach
  void close() {
    encoders.close();
    in.free();
  }

  private byte[] encoded(BodyEncoder encoder, byte[] body, int from, int to, boolean last) {
    in.window(0, 0);
    in.put(0, body, from, to - from);
    in.produced(to - from);
    Buffer out = encoders.output();
    encoder.encode(in, out, last);
    byte[] bytes = new byte[out.length()];
    out.get(out.start(), bytes, 0, bytes.length);
    return bytes;
  }

  private static byte[] content(Random random, int length) {
    byte[] bytes = new byte[length];
    boolean noise = random.nextInt(3) == 0;
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (noise ? random.nextInt() : "{\"name\": 1}, ".charAt(random.nextInt(13)));
    }
    return bytes;
  }

  /// Any body in any pieces is decoded by others, piece by piece as it comes, and one encoder
  /// serves body after body.
  @ParameterizedTest
  @EnumSource(Coding.class)
  void whatOthersDecode(Coding coding) throws IOException {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      byte[] body =
          content(random, random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(90_000));
      BodyEncoder encoder = encoders.take(coding);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      boolean looked = false;
      int at = 0;
      while (body.length - at > Encoders.PIECE || (at < body.length && random.nextInt(3) > 0)) {
        int to = at + 1 + random.nextInt(Math.min(Encoders.PIECE, body.length - at));
        all.write(encoded(encoder, body, at, to, false));
        at = to;
        if (!looked) {
          looked = true;
          assertThat(Decoded.soFar(coding, all.toByteArray())).hasSize(at);
        }
      }
      if (random.nextInt(8) > 0) {
        all.write(encoded(encoder, body, at, body.length, true));
        assertThat(Decoded.whole(coding, all.toByteArray())).isEqualTo(body);
      }
      encoders.give(encoder);
    }
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void whatCannotBeCompressedHasRoom(Coding coding) throws IOException {
    byte[] noise = new byte[Encoders.PIECE];
    new Random(4).nextBytes(noise);
    BodyEncoder encoder = encoders.take(coding);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 20; i++) {
      all.write(encoded(encoder, noise, 0, noise.length, false));
    }
    all.write(encoded(encoder, noise, 0, noise.length, true));
    assertThat(Decoded.whole(coding, all.toByteArray())).hasSize(21 * noise.length);
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void thereIsAnEnd(Coding coding) {
    List<BodyEncoder> taken = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      taken.add(encoders.take(coding));
    }
    assertThat(taken).doesNotContainNull();
    for (Coding other : Coding.values()) {
      assertThat(encoders.take(other)).isNull();
    }
    encoders.give(taken.removeLast());
    assertThat(encoders.take(coding)).isNotNull();
    assertThat(encoders.take(coding)).isNull();
    taken.forEach(encoders::give);
  }
}
