package agrippa.proxy.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.kernel.Readings.Counted;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadingsTest {
  @Test
  void readsCounters() {
    assertThat(
            Readings.counters(
                """
                table inet agrippa_l4 {
                	counter fi_02ab {
                		packets 12 bytes 3456
                	}
                	counter fo_02ab {
                		packets 0 bytes 0
                	}
                }
                """))
        .isEqualTo(Map.of("fi_02ab", new Counted(12, 3456), "fo_02ab", new Counted(0, 0)));
  }

  @Test
  void countsOpenConnectionsByMark() {
    String dump =
        """
        tcp      6 49 ESTABLISHED src=10.9.0.11 dst=10.9.0.1 sport=1 dport=80 src=10.9.1.11 dst=10.9.1.1 sport=80 dport=1 [ASSURED] mark=3221225473 use=1
        tcp      6 119 TIME_WAIT src=10.9.0.11 dst=10.9.0.1 sport=2 dport=80 src=10.9.1.11 dst=10.9.1.1 sport=80 dport=2 [ASSURED] mark=7 use=1
        tcp      6 9 CLOSE src=10.9.0.11 dst=10.9.0.1 sport=3 dport=80 src=10.9.1.11 dst=10.9.1.1 sport=80 dport=3 mark=7 use=1
        udp      17 29 src=10.9.0.11 dst=10.9.0.1 sport=4 dport=53 src=10.9.1.11 dst=10.9.1.1 sport=53 dport=4 mark=7 use=1
        udp      17 29 src=10.9.0.11 dst=10.9.0.1 sport=5 dport=53 [UNREPLIED] src=10.9.1.11 dst=10.9.1.1 sport=53 dport=5 mark=7 use=1
        """;
    assertThat(Readings.open(dump)).isEqualTo(Map.of(0xc0000001, 1, 7, 2));
  }
}
