package agrippa.provider.otlp;

import agrippa.provider.builtin.MetricSink;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Collection;

/// Some points of a metric, in the words of OpenTelemetry.
///
/// @param told what it is called and tells
/// @param type a gauge, or a sum that only grows
/// @param data the points
record Metric(Resource resource, Told told, MetricDataType type, Data<?> data)
    implements MetricData {
  private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("agrippa");

  /// @param help in one sentence
  record Told(String name, String help) {
    private boolean counts() {
      return MetricSink.counts(name);
    }
  }

  static Metric whole(Resource resource, Told told, Collection<LongPointData> points) {
    return told.counts()
        ? new Metric(
            resource,
            told,
            MetricDataType.LONG_SUM,
            SumData.createLongSumData(true, AggregationTemporality.CUMULATIVE, points))
        : new Metric(
            resource, told, MetricDataType.LONG_GAUGE, GaugeData.createLongGaugeData(points));
  }

  static Metric fractions(Resource resource, Told told, Collection<DoublePointData> points) {
    return told.counts()
        ? new Metric(
            resource,
            told,
            MetricDataType.DOUBLE_SUM,
            SumData.createDoubleSumData(true, AggregationTemporality.CUMULATIVE, points))
        : new Metric(
            resource, told, MetricDataType.DOUBLE_GAUGE, GaugeData.createDoubleGaugeData(points));
  }

  @Override
  public Resource getResource() {
    return resource;
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return SCOPE;
  }

  @Override
  public String getName() {
    return told.name();
  }

  @Override
  public String getDescription() {
    return told.help();
  }

  /// None, though many have one: it would be put behind their names where Prometheus reads them.
  @Override
  public String getUnit() {
    return "";
  }

  @Override
  public MetricDataType getType() {
    return type;
  }

  @Override
  public Data<?> getData() {
    return data;
  }
}
