package agrippa.proxy.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class FrontendStatsTest {
  @Test
  void addsUpWhatLoopsCount() throws Exception {
    FrontendStats stats = new FrontendStats(3);
    try (var threads = Executors.newFixedThreadPool(3)) {
      for (int loop = 0; loop < 3; loop++) {
        FrontendStats.Local local = stats.local(loop);
        threads.submit(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                local.bytesIn(1);
                local.bytesOut(2);
                local.connectionOpened();
                local.request();
              }
              local.connectionClosed();
              local.requestError();
            });
      }
    }

    assertThat(stats.sum()).isEqualTo(new Counters(3_000, 6_000, 2_997, 3_000, 3_000, 3));
  }
}
