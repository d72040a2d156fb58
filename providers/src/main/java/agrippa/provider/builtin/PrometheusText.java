package agrippa.provider.builtin;

/// Writes metrics in Prometheus' text format 0.0.4.
public final class PrometheusText implements MetricSink {
  private final StringBuilder out;
  private String name = "";

  public PrometheusText(StringBuilder out) {
    this.out = out;
  }

  @Override
  public void metric(String next, String help) {
    name = next;
    String type = MetricSink.counts(next) ? "counter" : "gauge";
    out.append("# HELP ").append(next).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(next).append(' ').append(type).append('\n');
  }

  @Override
  public void sample(MetricLabels labels, Number value) {
    out.append(name);
    char before = '{';
    for (MetricLabels.Label label : labels.all()) {
      out.append(before).append(label.name()).append("=\"");
      escape(label.value());
      out.append('"');
      before = ',';
    }
    if (before == ',') {
      out.append('}');
    }
    out.append(' ').append(value).append('\n');
  }

  /// The page is of ASCII.
  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' || c == '"') {
        out.append('\\');
      }
      out.append(c < ' ' || c > '~' ? '?' : c);
    }
  }
}
