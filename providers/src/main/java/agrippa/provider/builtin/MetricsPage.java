package agrippa.provider.builtin;

import agrippa.provider.builtin.MetricParts.Balancer;
import agrippa.provider.builtin.MetricParts.Part;
import agrippa.proxy.PlanMeter;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;

/// Metrics in Prometheus' text format, in pieces of some kilobytes. All samples of a metric stand
/// together, as the format wants it.
final class MetricsPage implements Iterator<byte[]> {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4";

  private static final int PIECE = 32 << 10;

  private final Iterator<Part> parts;
  private final StringBuilder out = new StringBuilder(PIECE + PIECE / 4);
  private final MetricSink text = new PrometheusText(out);

  private MetricsPage(Iterator<Part> parts) {
    this.parts = parts;
  }

  /// The page of one load balancer.
  static MetricsPage of(PlanMeter plan) {
    return new MetricsPage(MetricParts.of(plan).iterator());
  }

  /// The page of any number of load balancers.
  static MetricsPage ofAll(List<Balancer> all) {
    return new MetricsPage(MetricParts.ofAll(all).iterator());
  }

  @Override
  public boolean hasNext() {
    return parts.hasNext();
  }

  @Override
  public byte[] next() {
    out.setLength(0);
    do {
      parts.next().tell(text);
    } while (out.length() < PIECE && parts.hasNext());
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
