package agrippa.provider.otlp;

import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;

/// Who tells: what OpenTelemetry calls a resource.
///
/// @param version of the program
/// @param instance what tells it from other running ones; the same after a restart
/// @param host the machine's name
/// @param since when counting began
public record Origin(String version, String instance, String host, Instant since) {
  Resource resource() {
    return Resource.builder()
        .put("service.name", "agrippa")
        .put("service.version", version)
        .put("service.instance.id", instance)
        .put("host.name", host)
        .build();
  }
}
