package agrippa.proxy.kernel;

import static agrippa.proxy.kernel.Services.backup;
import static agrippa.proxy.kernel.Services.down;
import static agrippa.proxy.kernel.Services.server;
import static agrippa.proxy.kernel.Services.service;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.kernel.Service.Server;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RotationTest {
  private static final Server A = server("a", 1, 2);
  private static final Server B = server("b", 2, 1);
  private static final Server C = server("c", 3, 0);

  private static List<String> names(Service service) {
    return Rotation.places(service).stream().map(Server::name).toList();
  }

  @Test
  void turnsAreSpreadByWeight() {
    assertThat(names(service(Algorithm.ROUND_ROBIN, A, B, C))).containsExactly("a", "b", "a");
  }

  @Test
  void whoIsDownHasNoTurn() {
    assertThat(names(service(Algorithm.ROUND_ROBIN, A, down(B)))).containsExactly("a");
    assertThat(names(service(Algorithm.ROUND_ROBIN, down(A), C))).isEmpty();
  }

  @Test
  void backupsComeWhenThereIsNobodyElse() {
    assertThat(names(service(Algorithm.ROUND_ROBIN, A, backup(B)))).containsExactly("a");
    assertThat(names(service(Algorithm.ROUND_ROBIN, down(A), backup(B)))).containsExactly("b");
    assertThat(names(service(Algorithm.SOURCE_IP, down(A), backup(B)))).containsOnly("b");
    assertThat(names(service(Algorithm.SOURCE_IP, backup(B)))).containsExactly("b");
  }

  @Test
  void clientsOfOthersStayWhereTheyAreWhenOneGoesDown() {
    Server third = server("c", 3, 1);
    List<String> all = names(service(Algorithm.SOURCE_IP, A, B, third));
    List<String> left = names(service(Algorithm.SOURCE_IP, down(A), B, third));
    assertThat(all).hasSize(240).hasSameSizeAs(left);
    assertThat(IntStream.range(0, 240).filter(i -> !all.get(i).equals("a")))
        .allSatisfy(i -> assertThat(left.get(i)).isEqualTo(all.get(i)));
    // And those of the one are shared by the others.
    assertThat(left.stream().filter("b"::equals)).hasSize(120);
  }

  @Test
  void aCycleIsBounded() {
    Server[] many =
        IntStream.rangeClosed(1, 200)
            .mapToObj(i -> server("s" + i, i, 57 + i))
            .toArray(Server[]::new);
    assertThat(names(service(Algorithm.ROUND_ROBIN, many))).hasSizeBetween(200, 1_024);
  }
}
