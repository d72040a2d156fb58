package agrippa.provider.otlp;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends batches to a collector, one at a time. One that is not taken is tried again within
/// seconds, with growing pauses or as the collector's `Retry-After` has it, and then given up. What
/// goes wrong is told once, until it goes well again.
final class Collector {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());

  /// For all tries of a batch.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final URI address;
  private final OtlpHttpMetricExporter exporter;
  private boolean failing;

  Collector(OtlpSettings settings) {
    this.address = settings.metrics();
    OtlpHttpMetricExporterBuilder builder =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(address.toString())
            .setHeaders(settings::headers)
            .setCompression("gzip")
            .setTimeout(PATIENCE)
            .setConnectTimeout(PATIENCE)
            .setMemoryMode(MemoryMode.IMMUTABLE_DATA)
            .setMeterProvider(MeterProvider.noop());
    settings
        .authorities()
        .map(it -> it.getBytes(StandardCharsets.US_ASCII))
        .ifPresent(builder::setTrustedCertificates);
    this.exporter = builder.build();
  }

  /// Returns when the batch was taken, or will not be.
  ///
  /// @return whether it was
  boolean send(Collection<MetricData> batch) {
    CompletableResultCode result =
        exporter.export(batch).join(PATIENCE.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
    if (result.isSuccess() && failing) {
      LOG.log(Level.INFO, "metrics reach {0} again", address);
    } else if (!result.isSuccess() && !failing) {
      LOG.log(
          Level.WARNING,
          "metrics do not reach {0}: {1}",
          address,
          why(result.getFailureThrowable()));
    }
    failing = !result.isSuccess();
    return !failing;
  }

  private static String why(@Nullable Throwable failure) {
    if (failure instanceof HttpExportException http && http.getResponse() != null) {
      return "it answers with " + http.getResponse().getStatusCode();
    }
    return failure == null
        ? "it does not answer"
        : String.valueOf(failure.getCause() == null ? failure : failure.getCause());
  }

  void close() {
    exporter.shutdown();
  }
}
