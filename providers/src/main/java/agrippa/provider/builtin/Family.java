package agrippa.provider.builtin;

import agrippa.proxy.PlanMeter.Meter;
import agrippa.proxy.stats.Count;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// A metric of all things of a kind.
///
/// @param name what it is called; that of a counter ends in `_total`
/// @param help what it tells, in one line, without full stop
/// @param measure tells a thing's samples
record Family<T>(String name, String help, Measure<T> measure) {

  /// Tells a thing's samples.
  @FunctionalInterface
  interface Measure<T> {
    /// @param labels the thing's
    void tell(T of, MetricLabels labels, MetricSink out);
  }

  /// One number of each thing.
  static <T> Family<T> of(String name, String help, Function<T, Number> value) {
    return new Family<>(name, help, (of, labels, out) -> out.sample(labels, value.apply(of)));
  }

  /// What is counted of each thing.
  static <T extends Meter> Family<T> of(String name, String help, Count what) {
    return of(name, help, it -> it.count(what));
  }

  /// Whether each thing is in a state: 1 for that one, 0 for the others.
  static <T, S extends Enum<S>> Family<T> states(
      String name, String help, Class<S> states, Function<T, S> state) {
    Set<S> all = EnumSet.allOf(states);
    return new Family<>(
        name,
        help,
        (of, labels, out) -> {
          S now = state.apply(of);
          all.forEach(it -> out.sample(labels.and("state", it.name()), it == now ? 1 : 0));
        });
  }

  /// HTTP responses of each thing by the class of their code.
  static <T extends Meter> Family<T> responses(String name) {
    return new Family<>(
        name,
        "HTTP responses by the class of their code",
        (of, labels, out) -> {
          out.sample(labels.and("code", "1xx"), of.count(Count.RESPONSES_1XX));
          out.sample(labels.and("code", "2xx"), of.count(Count.RESPONSES_2XX));
          out.sample(labels.and("code", "3xx"), of.count(Count.RESPONSES_3XX));
          out.sample(labels.and("code", "4xx"), of.count(Count.RESPONSES_4XX));
          out.sample(labels.and("code", "5xx"), of.count(Count.RESPONSES_5XX));
          out.sample(labels.and("code", "other"), of.count(Count.RESPONSES_OTHER));
        });
  }

  /// The same of fewer things.
  Family<T> where(Predicate<T> wanted) {
    return new Family<>(
        name,
        help,
        (of, labels, out) -> {
          if (wanted.test(of)) {
            measure.tell(of, labels, out);
          }
        });
  }

  /// Tells what goes before the samples.
  void head(MetricSink out) {
    out.metric(name, help + ".");
  }

  /// Tells a thing's samples.
  ///
  /// @param labels the thing's
  void samples(T of, MetricLabels labels, MetricSink out) {
    measure.tell(of, labels, out);
  }
}
