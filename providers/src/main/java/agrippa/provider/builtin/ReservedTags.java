package agrippa.provider.builtin;

import static java.util.stream.Collectors.joining;

import agrippa.model.LoadBalancerTree;
import agrippa.model.Pool;
import agrippa.provider.builtin.Extension.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Tags that begin with `agrippa:` are not the user's to choose: what they say must be understood,
/// since a misspelt one would silently do nothing.
final class ReservedTags {
  static final String PREFIX = "agrippa:";

  private ReservedTags() {}

  /// @param place of the thing that has the tags
  private record Tagged(Place place, List<String> tags) {}

  /// The first thing that is wrong with a tag of the tree.
  static Optional<String> complaint(LoadBalancerTree tree) {
    return things(tree)
        .filter(it -> !it.tags().isEmpty())
        .flatMap(it -> complaint(it.place(), it.tags()).stream())
        .findFirst();
  }

  private static Stream<Tagged> things(LoadBalancerTree tree) {
    return Stream.of(
            Stream.of(new Tagged(Place.LOAD_BALANCER, tree.loadBalancer().labels().tags())),
            tree.listeners().stream().map(it -> new Tagged(Place.LISTENER, it.labels().tags())),
            tree.listeners().stream()
                .flatMap(it -> it.policies().stream())
                .flatMap(
                    it ->
                        Stream.concat(
                            Stream.of(new Tagged(Place.L7_POLICY, it.labels().tags())),
                            it.rules().stream()
                                .map(rule -> new Tagged(Place.L7_RULE, rule.tags())))),
            tree.pools().stream().flatMap(ReservedTags::things))
        .flatMap(it -> it);
  }

  private static Stream<Tagged> things(Pool pool) {
    return Stream.of(
            Stream.of(new Tagged(Place.POOL, pool.labels().tags())),
            pool.members().stream().map(it -> new Tagged(Place.MEMBER, it.labels().tags())),
            Stream.ofNullable(pool.monitor())
                .map(it -> new Tagged(Place.HEALTH_MONITOR, it.labels().tags())))
        .flatMap(it -> it);
  }

  private static Optional<String> complaint(Place place, List<String> tags) {
    Map<String, Integer> times = new HashMap<>();
    return tags.stream()
        .filter(it -> it.startsWith(PREFIX))
        .flatMap(
            it ->
                complaint(place, it, times).map(why -> "Tag '%s': %s".formatted(it, why)).stream())
        .findFirst();
  }

  private static Optional<String> complaint(Place place, String tag, Map<String, Integer> times) {
    int equals = tag.indexOf('=');
    if (equals < 0) {
      return Optional.of("tags that begin with agrippa: are of the form agrippa:KEY=VALUE.");
    }
    String key = tag.substring(PREFIX.length(), equals);
    String value = tag.substring(equals + 1);
    Optional<Extension<?>> known =
        Extensions.ALL.stream()
            .filter(it -> it.key().equals(key) && it.places().contains(place))
            .findFirst();
    if (known.isEmpty()) {
      return Optional.of(unknown(place, key));
    }
    Extension<?> extension = known.get();
    if (extension.read(value).isEmpty()) {
      return Optional.of("the value must be " + extension.form() + ".");
    }
    return times.merge(key, 1, Integer::sum) > extension.most()
        ? Optional.of("%s may be given %d times at most.".formatted(key, extension.most()))
        : Optional.empty();
  }

  private static String unknown(Place place, String key) {
    Optional<Extension<?>> elsewhere =
        Extensions.ALL.stream().filter(it -> it.key().equals(key)).findFirst();
    if (elsewhere.isPresent() && elsewhere.get().places().isEmpty()) {
      return key + " is said by flavors, not by tags.";
    }
    if (elsewhere.isPresent()) {
      return "%s is a tag of %s, not of %s."
          .formatted(key, elsewhere.get().where(), place.plural());
    }
    String keys =
        Extensions.ALL.stream()
            .filter(it -> it.places().contains(place))
            .map(Extension::key)
            .sorted()
            .collect(joining(", "));
    return keys.isEmpty()
        ? "no such tags of %s are understood.".formatted(place.plural())
        : "no such tag of %s is understood, only %s.".formatted(place.plural(), keys);
  }
}
