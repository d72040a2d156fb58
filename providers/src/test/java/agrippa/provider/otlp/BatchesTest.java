package agrippa.provider.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.provider.builtin.MetricLabels;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesTest {
  private final List<Collection<MetricData>> sent = new ArrayList<>();
  private int accepted = Integer.MAX_VALUE;

  private final Batches batches =
      new Batches(
          Resource.empty(),
          Instant.EPOCH,
          Instant.EPOCH.plusSeconds(1),
          batch -> {
            sent.add(batch);
            return sent.size() <= accepted;
          });

  private void tell(String name, int samples) {
    batches.metric(name, "Something.");
    for (int i = 0; i < samples; i++) {
      batches.sample(MetricLabels.NONE, i);
    }
  }

  private static int points(Collection<MetricData> batch) {
    return batch.stream().mapToInt(it -> it.getData().getPoints().size()).sum();
  }

  @Test
  void areOfSoManyPointsHoweverMuchThereIsToTell() {
    tell("a", 3_000);
    tell("b_total", 6_000);
    tell("c", 1);

    assertThat(batches.end()).isTrue();
    assertThat(sent).extracting(BatchesTest::points).containsExactly(4_000, 4_000, 1_001);
    assertThat(sent.get(0)).extracting(MetricData::getName).containsExactly("a", "b_total");
    assertThat(sent.get(1)).extracting(MetricData::getName).containsExactly("b_total");
    assertThat(sent.get(2)).extracting(MetricData::getName).containsExactly("b_total", "c");
  }

  @Test
  void endWithOneThatIsNotTaken() {
    accepted = 1;
    tell("a", 20_000);

    assertThat(batches.end()).isFalse();
    assertThat(sent).hasSize(2);
  }

  @Test
  void areNoneOfNothing() {
    tell("a", 0);

    assertThat(batches.end()).isTrue();
    assertThat(sent).isEmpty();
  }
}
