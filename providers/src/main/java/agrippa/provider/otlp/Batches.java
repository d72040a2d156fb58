package agrippa.provider.otlp;

import agrippa.provider.builtin.MetricLabels;
import agrippa.provider.builtin.MetricSink;
import agrippa.provider.otlp.Metric.Told;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Hands on what it is told in batches of so many points at most, so that no more than one is ever
/// held. After a batch that was not taken the rest is not even looked at.
final class Batches implements MetricSink {
  static final int MOST_POINTS = 4_000;

  private final Resource resource;
  private final long since;
  private final long now;
  private final Predicate<Collection<MetricData>> out;
  private final List<MetricData> batch = new ArrayList<>();
  private int size;
  private boolean refused;
  // Of the metric under way.
  private Told told = new Told("", "");
  private List<LongPointData> whole = new ArrayList<>();
  private List<DoublePointData> fractions = new ArrayList<>();

  /// @param since when counting began
  /// @param now when the points are of
  /// @param out sends a batch, and says whether it was taken
  Batches(Resource resource, Instant since, Instant now, Predicate<Collection<MetricData>> out) {
    this.resource = resource;
    this.since = nanos(since);
    this.now = nanos(now);
    this.out = out;
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  @Override
  public void metric(String name, String help) {
    endMetric();
    told = new Told(name, help);
  }

  @Override
  public void sample(MetricLabels labels, Number value) {
    if (refused) {
      return;
    }
    if (size == MOST_POINTS) {
      send();
    }
    Attributes attributes = attributes(labels);
    if (value instanceof Double || value instanceof Float) {
      fractions.add(DoublePointData.create(since, now, attributes, value.doubleValue(), List.of()));
    } else {
      whole.add(LongPointData.create(since, now, attributes, value.longValue()));
    }
    size++;
  }

  private static Attributes attributes(MetricLabels labels) {
    AttributesBuilder attributes = Attributes.builder();
    labels.all().forEach(it -> attributes.put(it.name(), it.value()));
    return attributes.build();
  }

  private void endMetric() {
    if (!whole.isEmpty()) {
      batch.add(Metric.whole(resource, told, whole));
      whole = new ArrayList<>();
    }
    if (!fractions.isEmpty()) {
      batch.add(Metric.fractions(resource, told, fractions));
      fractions = new ArrayList<>();
    }
  }

  private void send() {
    endMetric();
    if (!batch.isEmpty() && !refused) {
      refused = !out.test(List.copyOf(batch));
    }
    batch.clear();
    size = 0;
  }

  /// Hands on what is left.
  ///
  /// @return whether all was taken
  boolean end() {
    send();
    return !refused;
  }
}
