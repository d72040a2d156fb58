package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// OpenSSL's objects are freed by us, not by the collector.
@EnabledIf("present")
class OpenSslMemoryTest {
  static boolean present() {
    return Rig.engines().contains("openssl");
  }

  @Test
  void connectionsLeaveNoNativeMemoryBehind() throws Exception {
    try (Ends ends = new Ends("openssl", "openssl", InstantSource.system())) {
      manyHandshakes(ends, 500);
      long grown = Long.MAX_VALUE;
      // A connection takes some 40 KiB until it is freed: 2,000 would be 80 MiB, each time. What
      // else grows in a process (its heap, its compilers) stops some time.
      for (int round = 0; round < 10 && grown >= 24 * 1024; round++) {
        long before = residentKilobytes();
        manyHandshakes(ends, 2_000);
        grown = residentKilobytes() - before;
      }
      assertThat(grown).isLessThan(24 * 1024);
    }
  }

  private static void manyHandshakes(Ends ends, int count) {
    for (int i = 0; i < count; i++) {
      try (Wire wire = ends.wire()) {
        if (i % 4 == 0) {
          wire.meddler = bytes -> Wire.spoil(bytes, new Random(1));
        }
        wire.handshake();
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
          .findFirst()
          .orElseThrow();
    }
  }
}
