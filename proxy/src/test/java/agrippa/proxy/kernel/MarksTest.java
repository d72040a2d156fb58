package agrippa.proxy.kernel;

import static agrippa.proxy.kernel.Services.named;
import static agrippa.proxy.kernel.Services.server;
import static agrippa.proxy.kernel.Services.service;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.kernel.Service.Server;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarksTest {
  private static final Server A = server("a", 1, 1);
  private static final Server B = server("b", 2, 1);

  @Test
  void sameNamesHaveTheSameNumberWhateverElseThereIs() {
    Service web = service(Algorithm.ROUND_ROBIN, A, B);
    Service alone = service(Algorithm.ROUND_ROBIN, B);
    Marks many = Marks.of(List.of(named("dns", web), web));
    Marks one = Marks.of(List.of(alone));
    assertThat(one.frontend(alone)).isEqualTo(many.frontend(web));
    assertThat(one.server(alone, B)).isEqualTo(many.server(web, B));
    assertThat(one.server(alone, B) & Marks.FRONTEND).isEqualTo(one.frontend(alone));
  }

  @Test
  void noTwoHaveTheSame() {
    Server[] servers =
        IntStream.range(0, 1_000).mapToObj(i -> server("s" + i, i % 250, 1)).toArray(Server[]::new);
    Service web = service(Algorithm.ROUND_ROBIN, servers);
    Marks marks = Marks.of(List.of(web));
    Set<Integer> seen = new HashSet<>();
    for (Server each : servers) {
      assertThat(seen.add(marks.server(web, each))).isTrue();
      assertThat(marks.server(web, each) & ~Marks.FRONTEND).isNotZero();
    }
  }

  @Test
  void aServerThatMovedIsAnother() {
    Server moved = server("a", 9, 1);
    Service before = service(Algorithm.ROUND_ROBIN, A);
    Service after = service(Algorithm.ROUND_ROBIN, moved);
    assertThat(Marks.of(List.of(before)).server(before, A))
        .isNotEqualTo(Marks.of(List.of(after)).server(after, moved));
  }
}
