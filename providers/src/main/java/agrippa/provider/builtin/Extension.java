package agrippa.provider.builtin;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Something that Octavia's API has no words for. It is asked for by a reserved tag,
/// `agrippa:KEY=VALUE`, or by the same key in a flavor's profile.
///
/// @param key lower case and underscores, as the keys of profiles are
/// @param places whose tags may say it; a load balancer's, and a flavor, speak for all that is
///     below
/// @param byFlavor whether profiles may say it
/// @param most so many values at most in one place
/// @param description for operators who ask what profiles may say
/// @param form what a value has to be, such as `a number of seconds from 1 to 60`
/// @param reader makes something of a value; nothing if it has another form
record Extension<T>(
    String key,
    Set<Place> places,
    boolean byFlavor,
    int most,
    String description,
    String form,
    Function<String, Optional<T>> reader) {
  /// What may have a tag.
  enum Place {
    LOAD_BALANCER("load balancers"),
    LISTENER("listeners"),
    POOL("pools"),
    MEMBER("members"),
    HEALTH_MONITOR("health monitors"),
    L7_POLICY("L7 policies"),
    L7_RULE("L7 rules");

    private final String plural;

    Place(String plural) {
      this.plural = plural;
    }

    String plural() {
      return plural;
    }
  }

  Extension {
    places = Set.copyOf(places);
  }

  /// One that is said once, of one kind of thing, of a whole load balancer, or by a flavor.
  static <T> Extension<T> of(
      String key,
      Place place,
      String description,
      String form,
      Function<String, Optional<T>> reader) {
    return new Extension<>(
        key, Set.of(place, Place.LOAD_BALANCER), true, 1, description, form, reader);
  }

  /// One that operators decide upon: no tag says it.
  static <T> Extension<T> ofFlavor(
      String key, String description, String form, Function<String, Optional<T>> reader) {
    return new Extension<>(key, Set.of(), true, 0, description, form, reader);
  }

  /// One that only tags of the very thing say.
  static <T> Extension<T> onlyOf(
      String key,
      Place place,
      int most,
      String description,
      String form,
      Function<String, Optional<T>> reader) {
    return new Extension<>(key, Set.of(place), false, most, description, form, reader);
  }

  Optional<T> read(String value) {
    return reader.apply(value);
  }

  // Forms that many have.

  static Optional<Boolean> flag(String value) {
    return switch (value) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  static Function<String, Optional<Integer>> number(int least, int most) {
    return value ->
        value.matches("[0-9]{1,9}")
            ? Optional.of(Integer.valueOf(value)).filter(it -> it >= least && it <= most)
            : Optional.empty();
  }

  static Function<String, Optional<Duration>> seconds(int most) {
    return value -> number(1, most).apply(value).map(Duration::ofSeconds);
  }

  static <E extends Enum<E>> Function<String, Optional<E>> oneOf(Class<E> type) {
    List<E> all = Arrays.asList(type.getEnumConstants());
    return value ->
        all.stream().filter(it -> it.name().toLowerCase(Locale.ROOT).equals(value)).findFirst();
  }

  /// Places in the order in which one thinks of them.
  String where() {
    return places.stream().sorted().map(Place::plural).collect(Collectors.joining(", "));
  }
}
