package agrippa.provider.builtin;

/// Writes samples in Prometheus' text format 0.0.4. Values of labels need no escaping, being ids
/// and words of ours, but for what other services call projects.
///
/// @param name of the metric
/// @param labels of all samples, or nothing
record Samples(String name, String labels, StringBuilder out) {

  /// A text as the value of a label.
  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[^ -~]", "?");
  }

  void add(Number value) {
    write(labels, value);
  }

  /// A sample with one more label.
  void add(String label, String labelled, Number value) {
    String own = label + "=\"" + labelled + "\"";
    write(labels.isEmpty() ? own : labels + "," + own, value);
  }

  private void write(String all, Number value) {
    out.append(name);
    if (!all.isEmpty()) {
      out.append('{').append(all).append('}');
    }
    out.append(' ').append(value).append('\n');
  }
}
