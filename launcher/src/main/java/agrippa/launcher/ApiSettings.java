package agrippa.launcher;

import agrippa.api.OctaviaApi;
import agrippa.web.Cors;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How the API meets its clients.
///
/// @param tls certificate and key of the port, or empty for plain HTTP
/// @param behindProxy whether all requests come through a reverse proxy, whose headers count
/// @param cors whose web pages may call
/// @param maxLimit most items of a list's answer
/// @param healthcheckDetails whether `/healthcheck` says why something does not work
record ApiSettings(
    Optional<CertificateFiles> tls,
    boolean behindProxy,
    Cors cors,
    int maxLimit,
    boolean healthcheckDetails) {
  static final ApiSettings DEFAULT =
      new ApiSettings(Optional.empty(), false, Cors.NONE, OctaviaApi.Service.MAX_LIMIT, false);

  private static final int MOST_MAX_LIMIT = 100_000;

  /// @throws UserError if a value is bad, or one of the two files is missing
  static ApiSettings of(SettingsFile file) {
    return new ApiSettings(
        tls(file),
        file.flag("api.behind_proxy", false),
        new Cors(
            origins(file, "api.cors_origins"),
            file.seconds("api.cors_max_age", Cors.NONE.maxAge())),
        maxLimit(file, "api.max_limit"),
        file.flag("api.healthcheck_details", false));
  }

  private static Optional<CertificateFiles> tls(SettingsFile file) {
    Optional<Path> certificate = beside(file, "api.certificate_file");
    Optional<Path> key = beside(file, "api.key_file");
    if (certificate.isPresent() != key.isPresent()) {
      throw new UserError(
          file.path() + ": api.certificate_file and api.key_file go together; one is missing");
    }
    return certificate.map(it -> new CertificateFiles(it, key.orElseThrow()));
  }

  /// A relative path begins at the configuration file.
  private static Optional<Path> beside(SettingsFile file, String key) {
    return file.text(key).map(file.path().toAbsolutePath()::resolveSibling);
  }

  private static int maxLimit(SettingsFile file, String key) {
    return switch (file.value(key)) {
      case null -> DEFAULT.maxLimit;
      case Integer limit when limit >= 1 && limit <= MOST_MAX_LIMIT -> limit;
      case Object other -> throw file.bad(key, other, "a number from 1 to " + MOST_MAX_LIMIT, null);
    };
  }

  private static Set<String> origins(SettingsFile file, String key) {
    Object value = file.value(key);
    List<?> given =
        value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    Set<String> origins = new LinkedHashSet<>();
    for (Object each : given) {
      String origin = String.valueOf(each);
      if (!origin.equals("*") && !isOrigin(origin)) {
        throw file.bad(
            key, origin, "origins of pages such as https://cloud.example.org, or '*'", null);
      }
      origins.add(origin);
    }
    return origins;
  }

  /// As browsers write it: scheme, host, perhaps a port, and nothing else.
  private static boolean isOrigin(String text) {
    try {
      URI uri = URI.create(text);
      String scheme = uri.getScheme();
      return ("http".equals(scheme) || "https".equals(scheme))
          && uri.getHost() != null
          && text.equals(
              scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
