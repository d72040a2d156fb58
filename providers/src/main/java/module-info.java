/// What moves packets for load balancers.
module agrippa.providers {
  requires transitive agrippa.control;
  requires transitive agrippa.proxy;
  requires io.opentelemetry.api;
  requires io.opentelemetry.exporter.internal;
  requires io.opentelemetry.exporter.otlp;
  requires io.opentelemetry.sdk.common;
  requires io.opentelemetry.sdk.metrics;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports agrippa.provider.accesslog;
  exports agrippa.provider.builtin;
  exports agrippa.provider.builtin.ocsp;
  exports agrippa.provider.otlp;
}
