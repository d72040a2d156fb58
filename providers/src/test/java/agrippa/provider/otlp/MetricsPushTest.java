package agrippa.provider.otlp;

import static agrippa.provider.otlp.FakeCollector.points;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.provider.builtin.MetricLabels;
import agrippa.provider.builtin.MetricSink;
import agrippa.provider.otlp.FakeCollector.Received;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsPushTest {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Instant BEGAN = Instant.parse("2026-01-02T03:04:05.000000006Z");
  private static final Origin ORIGIN = new Origin("1.2.3", "instance", "host", BEGAN);
  private static final Logger LOG = Logger.getLogger(Collector.class.getName());

  private final AtomicLong rounds = new AtomicLong();
  private final BlockingQueue<LogRecord> told = new LinkedBlockingQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          told.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    LOG.removeHandler(handler);
  }

  private MetricsPush push(OtlpSettings settings) {
    return MetricsPush.start(settings, ORIGIN, this::tell, InstantSource.system());
  }

  private void tell(MetricSink out) {
    MetricLabels labels = new MetricLabels(List.of(new MetricLabels.Label("pool", "p\"ö")));
    out.metric("things_total", "Things.");
    out.sample(labels, rounds.incrementAndGet());
    out.metric("seconds_total", "Seconds.");
    out.sample(labels, 2.5);
    out.metric("now", "What is there now.");
    out.sample(MetricLabels.NONE, 7);
    out.metric("nothing", "Of which there is none.");
  }

  private String nextLine() throws InterruptedException {
    LogRecord line = told.poll(60, TimeUnit.SECONDS);
    assertThat(line).isNotNull();
    return line.getLevel()
        + " "
        + new MessageFormat(line.getMessage(), Locale.ROOT).format(line.getParameters());
  }

  @Test
  void tellsWhoItIsAndWhatItCountsSinceWhen() throws Exception {
    try (FakeCollector collector = FakeCollector.start();
        MetricsPush push = push(collector.settings(SHORT))) {
      Received first = collector.next();

      assertThat(first.headers())
          .containsEntry("Content-type", List.of("application/x-protobuf"))
          .containsEntry("X-scope-orgid", List.of("operators"));
      assertThat(FakeCollector.labels(first.only().getResource().getAttributesList()))
          .isEqualTo(
              "{host.name=\"host\",service.instance.id=\"instance\",service.name=\"agrippa\",service.version=\"1.2.3\"}");
      List<Metric> metrics = first.metrics().toList();
      assertThat(metrics)
          .extracting(Metric::getName)
          .containsExactly("things_total", "seconds_total", "now");
      assertThat(metrics).extracting(Metric::getUnit).containsOnly("");
      for (Metric counter : metrics.subList(0, 2)) {
        assertThat(counter.getSum().getIsMonotonic()).isTrue();
        assertThat(counter.getSum().getAggregationTemporality())
            .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        assertThat(points(counter).getFirst().getStartTimeUnixNano())
            .isEqualTo(BEGAN.getEpochSecond() * 1_000_000_000L + BEGAN.getNano());
        assertThat(FakeCollector.labels(points(counter).getFirst().getAttributesList()))
            .isEqualTo("{pool=\"p\"ö\"}");
      }
      assertThat(points(metrics.get(0)).getFirst().getAsInt()).isEqualTo(1);
      assertThat(points(metrics.get(1)).getFirst().getAsDouble()).isEqualTo(2.5);
      assertThat(metrics.get(2).hasGauge()).isTrue();
      assertThat(points(metrics.get(2)).getFirst().getAsInt()).isEqualTo(7);
      assertThat(value(collector.next())).isEqualTo(2);
      assertThat(push).isNotNull();
    }
  }

  private static long value(Received received) {
    return points(received.metrics().findFirst().orElseThrow()).getFirst().getAsInt();
  }

  @Test
  void waitsAsLongAsABusyCollectorWantsAndTellsTheSameAgain() throws Exception {
    for (int status : new int[] {429, 503}) {
      rounds.set(0);
      try (FakeCollector collector = FakeCollector.start()) {
        collector.refuse(status, "2");
        try (MetricsPush push = push(collector.settings(SHORT))) {
          Received refused = collector.next();
          Received again = collector.next();
          assertThat(again.body()).as("%s to %s", status, push).isEqualTo(refused.body());
          // The standard pause is of a second.
          assertThat(Duration.ofNanos(again.nanos() - refused.nanos()))
              .isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
          assertThat(value(collector.next())).isEqualTo(2);
        }
      }
    }
    assertThat(told).isEmpty();
  }

  @Test
  void warnsOnceOfACollectorThatTakesNothingAndOnceThatItDoesAgain() throws Exception {
    try (FakeCollector collector = FakeCollector.start()) {
      collector.refuse(401, "");
      collector.refuse(401, "");
      try (MetricsPush push = push(collector.settings(SHORT))) {
        String address = "http://127.0.0.1:" + collector.port() + "/v1/metrics";
        assertThat(nextLine())
            .as("of %s", push)
            .isEqualTo("WARNING metrics do not reach " + address + ": it answers with 401");
        assertThat(nextLine()).isEqualTo("INFO metrics reach " + address + " again");
        assertThat(value(collector.next())).isEqualTo(1);
        assertThat(value(collector.next())).isEqualTo(2);
        assertThat(value(collector.next())).isEqualTo(3);
      }
    }
    assertThat(told).isEmpty();
  }

  @Test
  void goesOnWhenACollectorComesUp() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
    try (MetricsPush push = push(FakeCollector.settings(port, SHORT))) {
      assertThat(nextLine())
          .as("of %s", push)
          .startsWith("WARNING metrics do not reach")
          .contains("ConnectException");
      try (FakeCollector collector = FakeCollector.start(port)) {
        assertThat(value(collector.next())).isPositive();
        assertThat(nextLine()).startsWith("INFO metrics reach ");
      }
    }
  }

  @Test
  void tellsTheLastBeforeItCloses() throws Exception {
    try (FakeCollector collector = FakeCollector.start()) {
      push(collector.settings(Duration.ofHours(1))).close();
      assertThat(value(collector.next())).isEqualTo(1);
    }
  }

  @Test
  void keepsNobodyWaitingWhoClosesItWhileNoCollectorAnswers() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      MetricsPush push = push(FakeCollector.settings(mute.getLocalPort(), SHORT));
      assertThat(mute.accept()).isNotNull();
      long before = System.nanoTime();
      push.close();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
    }
  }
}
