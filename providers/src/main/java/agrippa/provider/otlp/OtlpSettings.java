package agrippa.provider.otlp;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Where metrics go, by OTLP over HTTP.
///
/// @param endpoint of the collector, to which `/v1/metrics` is added
/// @param interval from one round to the next, while the collector takes them
/// @param headers of every request: secrets, as a rule
/// @param authorities those that vouch for the collector, in PEM, or empty for the JDK's
public record OtlpSettings(
    URI endpoint, Duration interval, Map<String, String> headers, Optional<String> authorities) {

  public OtlpSettings {
    headers = Map.copyOf(headers);
  }

  /// Where metrics are posted.
  URI metrics() {
    String base = endpoint.toString();
    return URI.create((base.endsWith("/") ? base : base + "/") + "v1/metrics");
  }

  /// Tells no secret.
  @Override
  public String toString() {
    return "OtlpSettings[" + endpoint + ", " + interval + ", " + headers.keySet() + "]";
  }
}
