package agrippa.provider.builtin;

/// Takes metrics, one after another, and each with all of its samples.
public interface MetricSink {
  /// Begins a metric, of which the samples that follow are.
  ///
  /// @param name that of a counter ends in `_total`, that of no gauge does
  /// @param help what it tells, in one sentence
  void metric(String name, String help);

  /// A value as of now.
  void sample(MetricLabels labels, Number value);

  /// Whether a metric of this name counts, and begins at 0 when what it is of begins.
  static boolean counts(String name) {
    return name.endsWith("_total");
  }
}
