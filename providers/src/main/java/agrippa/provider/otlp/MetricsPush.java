package agrippa.provider.otlp;

import agrippa.provider.builtin.MetricSink;
import io.opentelemetry.sdk.resources.Resource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Tells a collector of all metrics every so often, on one thread of its own. While none is there,
/// nothing is kept for it: counters go on, and the next round tells of them.
public final class MetricsPush implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MetricsPush.class.getName());

  /// After failures pauses grow up to this, or the interval if that is longer.
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final OtlpSettings settings;
  private final Origin origin;
  private final Consumer<MetricSink> metrics;
  private final InstantSource clock;
  private final Collector collector;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private MetricsPush(
      OtlpSettings settings, Origin origin, Consumer<MetricSink> metrics, InstantSource clock) {
    this.settings = settings;
    this.origin = origin;
    this.metrics = metrics;
    this.clock = clock;
    this.collector = new Collector(settings);
    this.thread = Thread.ofPlatform().daemon().name("otlp-metrics").unstarted(this::run);
  }

  /// The first round is due when an interval is over.
  ///
  /// @param metrics tells of all
  /// @throws IllegalArgumentException if the authorities are none
  public static MetricsPush start(
      OtlpSettings settings, Origin origin, Consumer<MetricSink> metrics, InstantSource clock) {
    MetricsPush push = new MetricsPush(settings, origin, metrics, clock);
    push.thread.start();
    return push;
  }

  private void run() {
    Resource resource = origin.resource();
    boolean taken = true;
    Duration pause = settings.interval();
    while (pauses(pause)) {
      taken = round(resource);
      pause = taken ? settings.interval() : longer(pause);
    }
    if (taken) {
      round(resource);
    }
  }

  /// @return whether to go on then
  private boolean pauses(Duration pause) {
    try {
      return !closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    Duration most =
        settings.interval().compareTo(LONGEST_PAUSE) > 0 ? settings.interval() : LONGEST_PAUSE;
    return doubled.compareTo(most) > 0 ? most : doubled;
  }

  /// @return whether the collector took all
  private boolean round(Resource resource) {
    try {
      Batches batches = new Batches(resource, origin.since(), clock.instant(), collector::send);
      metrics.accept(batches);
      return batches.end();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "metrics cannot be told", e);
      return false;
    }
  }

  /// Tells what is there now, if the collector takes it soon.
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!thread.join(LAST_WORDS)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    collector.close();
  }
}
