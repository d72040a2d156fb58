package agrippa.cloud.compute;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Runs nothing, and knows what would.
final class RecordingDriver implements ServerDriver {
  private final Map<UUID, Machine> machines = new ConcurrentHashMap<>();
  private final Map<UUID, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final Map<UUID, Integer> starts = new ConcurrentHashMap<>();
  private volatile @Nullable String refusal;

  @Override
  public String type() {
    return "recording";
  }

  @Override
  public Optional<String> complaint() {
    return Optional.empty();
  }

  @Override
  public synchronized void start(Machine machine) {
    String no = refusal;
    if (no != null) {
      throw new DriverException(no);
    }
    machines.put(machine.server(), machine);
    running.computeIfAbsent(machine.server(), any -> new CompletableFuture<>());
    starts.merge(machine.server(), 1, Integer::sum);
    notifyAll();
  }

  @Override
  public Optional<CompletableFuture<Void>> running(UUID server) {
    return Optional.ofNullable(running.get(server));
  }

  @Override
  public void stop(UUID server, Duration patience) {
    CompletableFuture<Void> end = running.remove(server);
    if (end != null) {
      end.complete(null);
    }
  }

  @Override
  public void remove(UUID server) {
    stop(server, Duration.ZERO);
    machines.remove(server);
  }

  @Override
  public List<UUID> servers() {
    return List.copyOf(machines.keySet());
  }

  @Override
  public byte[] console(UUID server) {
    return "first line\nsecond line\n".getBytes(StandardCharsets.UTF_8);
  }

  void refuse(String why) {
    refusal = why;
  }

  Machine machine(String id) {
    return Objects.requireNonNull(machines.get(UUID.fromString(id)));
  }

  boolean runs(String id) {
    return running.containsKey(UUID.fromString(id));
  }

  void endByItself(String id) {
    stop(UUID.fromString(id), Duration.ZERO);
  }

  /// As when nobody looks.
  void endUnseen(String id) {
    running.remove(UUID.fromString(id));
  }

  synchronized int starts(String id) {
    return starts.getOrDefault(UUID.fromString(id), 0);
  }

  synchronized void awaitStarts(String id, int count) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (starts(id) < count && System.nanoTime() < end) {
      wait(1_000);
    }
  }
}
