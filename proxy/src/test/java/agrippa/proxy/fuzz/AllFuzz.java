package agrippa.proxy.fuzz;

import agrippa.proxy.http.ChunkFuzz;
import agrippa.proxy.http.HeadFuzz;
import agrippa.proxy.http2.FrameFuzz;
import agrippa.proxy.http2.HpackFuzz;
import agrippa.proxy.session.ProxyHeaderFuzz;
import agrippa.proxy.tls.HelloFuzz;
import agrippa.proxy.tls.NamesFuzz;
import java.util.Arrays;
import java.util.function.Consumer;

/// All targets in one, so that a short run needs to start but once: the first byte says which.
public final class AllFuzz {
  enum Target {
    HEADS(HeadFuzz.class, HeadFuzz::fuzzerTestOneInput),
    CHUNKS(ChunkFuzz.class, ChunkFuzz::fuzzerTestOneInput),
    HPACK(HpackFuzz.class, HpackFuzz::fuzzerTestOneInput),
    FRAMES(FrameFuzz.class, FrameFuzz::fuzzerTestOneInput),
    NAMES(NamesFuzz.class, NamesFuzz::fuzzerTestOneInput),
    PROXY_HEADERS(ProxyHeaderFuzz.class, ProxyHeaderFuzz::fuzzerTestOneInput),
    HELLOS(HelloFuzz.class, HelloFuzz::fuzzerTestOneInput);

    final Class<?> type;
    private final Consumer<byte[]> input;

    Target(Class<?> type, Consumer<byte[]> input) {
      this.type = type;
      this.input = input;
    }

    /// An input of this target as one of all.
    byte[] prefixed(byte[] bytes) {
      byte[] all = new byte[bytes.length + 1];
      all[0] = (byte) ordinal();
      System.arraycopy(bytes, 0, all, 1, bytes.length);
      return all;
    }
  }

  private static final Target[] TARGETS = Target.values();

  private AllFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length > 0) {
      Target target = TARGETS[(bytes[0] & 0xff) % TARGETS.length];
      target.input.accept(Arrays.copyOfRange(bytes, 1, bytes.length));
    }
  }
}
