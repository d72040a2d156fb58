package agrippa.launcher;

import agrippa.provider.otlp.OtlpSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The keys `opentelemetry` of a configuration file.
final class OtlpKeys {
  private static final String ENDPOINT = "opentelemetry.endpoint";
  private static final String INTERVAL = "opentelemetry.interval";
  private static final String HEADERS = "opentelemetry.headers_file";
  private static final String AUTHORITIES = "opentelemetry.certificate_file";

  private static final Duration STANDARD = Duration.ofMinutes(1);
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);

  /// A token of RFC 9110, and visible ASCII with blanks within.
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([!-~](?:[ -~]*[!-~])?)[ \\t]*");

  /// What the client says itself.
  private static final Set<String> NOT_OURS =
      Set.of(
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "transfer-encoding",
          "upgrade");

  private OtlpKeys() {}

  /// @return empty if no collector is named
  /// @throws UserError if a value is bad; it tells no header's value
  static Optional<OtlpSettings> of(SettingsFile file) {
    Optional<URI> endpoint = file.url(ENDPOINT, Optional.empty());
    if (endpoint.isEmpty()) {
      for (String key : new String[] {INTERVAL, HEADERS, AUTHORITIES}) {
        if (file.value(key) != null) {
          throw new UserError(file.path() + ": " + key + " has no effect without " + ENDPOINT);
        }
      }
      return Optional.empty();
    }
    if (endpoint.get().getUserInfo() != null) {
      throw new UserError(file.path() + ": " + ENDPOINT + " must hold no password: use " + HEADERS);
    }
    return Optional.of(
        new OtlpSettings(
            endpoint.get(),
            interval(file),
            file.text(HEADERS).map(it -> headers(beside(file, it))).orElse(Map.of()),
            file.text(AUTHORITIES).map(it -> authorities(file, endpoint.get(), it))));
  }

  private static Duration interval(SettingsFile file) {
    Duration interval = file.seconds(INTERVAL, STANDARD);
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw file.bad(INTERVAL, String.valueOf(file.value(INTERVAL)), "0.1 to 3600 seconds", null);
    }
    return interval;
  }

  /// A relative path begins at the configuration file.
  private static Path beside(SettingsFile file, String name) {
    return file.path().toAbsolutePath().resolveSibling(name);
  }

  /// One a line; empty lines and those that begin with `#` say nothing.
  private static Map<String, String> headers(Path file) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int number = 0;
    for (String line : content(HEADERS, file).lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      var header = HEADER.matcher(line);
      if (!header.matches()) {
        throw new UserError(
            "%s: line %d of %s is no header: use NAME: VALUE".formatted(HEADERS, number, file));
      }
      String name = header.group(1);
      if (NOT_OURS.contains(name.toLowerCase(Locale.ROOT))
          || headers.put(name, header.group(2)) != null) {
        throw new UserError(
            "%s: line %d of %s sets %s, which is set already"
                .formatted(HEADERS, number, file, name));
      }
    }
    return headers;
  }

  private static String authorities(SettingsFile file, URI endpoint, String name) {
    if ("http".equals(endpoint.getScheme())) {
      throw new UserError(
          file.path() + ": " + AUTHORITIES + " has no effect unless " + ENDPOINT + " is https");
    }
    Path path = beside(file, name);
    // Complains in time.
    Authorities.trusted(path);
    return content(AUTHORITIES, path);
  }

  private static String content(String key, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserError(key + ": cannot read " + file + ": " + e, e);
    }
  }
}
