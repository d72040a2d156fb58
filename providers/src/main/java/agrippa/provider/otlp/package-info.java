/// Metrics for OpenTelemetry's collectors: start at [MetricsPush]. [Batches] turns what is told
/// into OpenTelemetry's data, whose own exporter sends it.
@NullMarked
package agrippa.provider.otlp;

import org.jspecify.annotations.NullMarked;
