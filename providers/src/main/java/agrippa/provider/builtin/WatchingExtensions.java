package agrippa.provider.builtin;

import agrippa.provider.builtin.Extension.Place;
import java.util.List;
import java.util.Optional;

/// Extensions that say what is told of what a load balancer serves.
final class WatchingExtensions {
  /// One in how many requests is written; 0 for none.
  static final Extension<Integer> ACCESS_LOG =
      Extension.of(
          "access_log",
          Place.LISTENER,
          "Whether the access log tells of its requests: on, off, or one in so many.",
          "on, off, or a number from 1 to 1000000",
          WatchingExtensions::sample);

  static final Extension<Boolean> TRACE =
      Extension.of(
          "trace",
          Place.LISTENER,
          "Whether HTTP requests get a traceparent field that have none.",
          "on or off",
          WatchingExtensions::onOff);

  static final List<Extension<?>> ALL = List.of(ACCESS_LOG, TRACE);

  private WatchingExtensions() {}

  private static Optional<Integer> sample(String value) {
    return switch (value) {
      case "on" -> Optional.of(1);
      case "off" -> Optional.of(0);
      default -> Extension.number(1, 1_000_000).apply(value);
    };
  }

  private static Optional<Boolean> onOff(String value) {
    return switch (value) {
      case "on" -> Optional.of(true);
      case "off" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
