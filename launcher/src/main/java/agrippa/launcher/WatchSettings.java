package agrippa.launcher;

import agrippa.provider.accesslog.AccessLogSettings;
import agrippa.provider.accesslog.AccessLogSettings.Place;
import agrippa.provider.builtin.Observing;
import agrippa.provider.otlp.OtlpSettings;
import java.util.Optional;

/// What an operator wants to know of what load balancers serve.
///
/// @param accessLog one line a request, or empty: none are written
/// @param metrics who may read `/metrics`
/// @param otlp the collector that is told of the same, or empty
record WatchSettings(
    Optional<AccessLogSettings> accessLog,
    MetricsSite.Readers metrics,
    Optional<OtlpSettings> otlp) {
  static final WatchSettings DEFAULT =
      new WatchSettings(Optional.empty(), MetricsSite.Readers.LOCAL, Optional.empty());

  private static final String FORM =
      "FORMAT:TARGET: json or octavia, and stdout, file:PATH, udp:HOST:PORT or tcp:HOST:PORT";
  private static final int MOST_SAMPLE = 1_000_000;
  private static final int MOST_MEBIBYTES = 1_000_000;
  private static final int MOST_FILES = 1_000;

  /// The same with what the command line says.
  ///
  /// @throws UserError if it is not of the form `FORMAT:TARGET`
  WatchSettings withAccessLog(String text) {
    return new WatchSettings(
        Optional.of(
            AccessLogSettings.parse(text)
                .orElseThrow(
                    () -> new UserError("'" + text + "' is no --access-log: use " + FORM))),
        metrics,
        otlp);
  }

  WatchSettings withMetrics(MetricsSite.Readers next) {
    return new WatchSettings(accessLog, next, otlp);
  }

  /// Puts the keys of a file over these settings.
  ///
  /// @throws UserError if a value is bad
  WatchSettings with(SettingsFile file) {
    Optional<AccessLogSettings> log =
        file.text("access_log.to")
            .map(
                it ->
                    AccessLogSettings.parse(it)
                        .orElseThrow(() -> file.bad("access_log.to", it, FORM, null)))
            .or(() -> accessLog);
    return new WatchSettings(
        log.map(it -> with(file, it)), file.choice("metrics", metrics), OtlpKeys.of(file));
  }

  private static AccessLogSettings with(SettingsFile file, AccessLogSettings log) {
    Place place =
        switch (log.place()) {
          case Place.File(var path, var most, var old) ->
              new Place.File(
                  file.path().toAbsolutePath().resolveSibling(path),
                  number(file, "access_log.file_size", (int) (most >> 20), 1, MOST_MEBIBYTES)
                      * (1L << 20),
                  number(file, "access_log.old_files", old, 0, MOST_FILES));
          case Place.Stdout it -> it;
          case Place.Collector it -> it;
        };
    return log.with(place)
        .withOneIn(number(file, "access_log.sample", log.oneIn(), 1, MOST_SAMPLE));
  }

  private static int number(SettingsFile file, String key, int fallback, int least, int most) {
    return switch (file.value(key)) {
      case null -> fallback;
      case Integer it when it >= least && it <= most -> it;
      case Object other ->
          throw file.bad(key, other, "a number from %d to %d".formatted(least, most), null);
    };
  }

  Observing observing() {
    return new Observing(accessLog.map(AccessLogSettings::oneIn).orElse(0), false);
  }
}
