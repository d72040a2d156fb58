package agrippa.provider.builtin;

import agrippa.proxy.PlanMeter.Meter;
import agrippa.proxy.stats.Count;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// A metric of all things of a kind.
///
/// @param name what it is called; that of a counter ends in `_total`
/// @param help what it tells, in one line
/// @param measure writes a thing's samples
record Family<T>(String name, String help, BiConsumer<T, Samples> measure) {

  /// One number of each thing.
  static <T> Family<T> of(String name, String help, Function<T, Number> value) {
    return new Family<>(name, help, (of, out) -> out.add(value.apply(of)));
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
        (of, out) -> {
          S now = state.apply(of);
          all.forEach(it -> out.add("state", it.name(), it == now ? 1 : 0));
        });
  }

  /// HTTP responses of each thing by the class of their code.
  static <T extends Meter> Family<T> responses(String name) {
    return new Family<>(
        name,
        "HTTP responses by the class of their code",
        (of, out) -> {
          out.add("code", "1xx", of.count(Count.RESPONSES_1XX));
          out.add("code", "2xx", of.count(Count.RESPONSES_2XX));
          out.add("code", "3xx", of.count(Count.RESPONSES_3XX));
          out.add("code", "4xx", of.count(Count.RESPONSES_4XX));
          out.add("code", "5xx", of.count(Count.RESPONSES_5XX));
          out.add("code", "other", of.count(Count.RESPONSES_OTHER));
        });
  }

  /// The same of fewer things.
  Family<T> where(Predicate<T> wanted) {
    return new Family<>(
        name,
        help,
        (of, out) -> {
          if (wanted.test(of)) {
            measure.accept(of, out);
          }
        });
  }

  private String type() {
    return name.endsWith("_total") ? "counter" : "gauge";
  }

  /// Writes what goes before the samples.
  void head(StringBuilder out) {
    out.append("# HELP ").append(name).append(' ').append(help).append(".\n");
    out.append("# TYPE ").append(name).append(' ').append(type()).append('\n');
  }

  /// Writes a thing's samples.
  ///
  /// @param labels the thing's, such as `listener="…"`, or nothing
  void samples(T of, String labels, StringBuilder out) {
    measure.accept(of, new Samples(name, labels, out));
  }
}
