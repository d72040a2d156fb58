package agrippa.cloud.compute;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import agrippa.cloud.compute.Server.State;
import agrippa.cloud.compute.Server.Task;
import agrippa.cloud.compute.ServerDriver.DriverException;
import agrippa.cloud.compute.ServerDriver.Machine;
import agrippa.cloud.compute.ServerDriver.Personality;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.ServerPorts;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes servers be as the database says: one virtual thread a server, woken when something changed
/// and now and then. What it does depends on what is there, not on what was done before, so a crash
/// at any point is mended by the next start.
final class ServerKeeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServerKeeper.class.getName());
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final Duration SOFT = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(5);

  private final ComputeStore store;
  private final ServerDriver driver;
  private final ServerPorts ports;
  private final EmbeddedImages images;
  private final InstantSource clock;
  private final ConcurrentMap<UUID, Watch> watches = new ConcurrentHashMap<>();
  private volatile boolean closed;

  ServerKeeper(
      ComputeStore store,
      ServerDriver driver,
      ServerPorts ports,
      EmbeddedImages images,
      InstantSource clock) {
    this.store = store;
    this.driver = driver;
    this.ports = ports;
    this.images = images;
    this.clock = clock;
  }

  /// Looks after all servers that there are, and after what is left of others.
  void start() {
    // A crash came before their creation was accepted.
    store.servers().stream()
        .filter(it -> !it.life().plugged())
        .forEach(it -> store.change(it.id(), now -> now.doing(Task.DELETING, clock.instant())));
    store.servers().forEach(it -> wake(it.id()));
    driver.servers().stream().filter(it -> store.server(it).isEmpty()).forEach(this::wake);
  }

  /// Something about a server changed.
  void wake(UUID server) {
    if (!closed) {
      watches.computeIfAbsent(server, Watch::new).wake();
    }
  }

  /// Leaves servers running.
  @Override
  public void close() {
    closed = true;
    watches.values().forEach(Watch::end);
  }

  /// The thread of a server.
  private final class Watch {
    private final UUID id;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread;
    // Used by the thread only: the end of what was last seen running.
    private @Nullable CompletableFuture<Void> seen;

    Watch(UUID id) {
      this.id = id;
      this.thread = Thread.ofVirtual().name("server-" + id).unstarted(this::run);
    }

    void wake() {
      woken.release();
      if (thread.getState() == Thread.State.NEW) {
        startOnce();
      }
    }

    private synchronized void startOnce() {
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      }
    }

    void end() {
      thread.interrupt();
      try {
        thread.join(END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void run() {
      try {
        while (!closed && keep()) {
          boolean ignored = woken.tryAcquire(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
          woken.drainPermits();
        }
      } catch (InterruptedException e) {
        // Closing: the servers go on.
        Thread.currentThread().interrupt();
      }
      watches.remove(id, this);
    }

    /// @return whether there is anything left to look after
    private boolean keep() {
      try {
        Optional<Server> server = store.server(id);
        if (server.isEmpty() || server.get().life().task() == Task.DELETING) {
          removeAll();
          return false;
        }
        if (server.get().life().plugged()) {
          converge(server.get());
        }
        return true;
      } catch (DriverException | ServerPorts.RefusedException e) {
        failed(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.log(WARNING, "cannot look after server " + id, e);
        failed("An error of the server's host; its log tells more.");
      }
      return true;
    }

    private void removeAll() {
      driver.remove(id);
      ports.detachAll(id);
      store.remove(id);
    }

    private void failed(String why) {
      if (closed) {
        return;
      }
      LOG.log(WARNING, "server " + id + " is not as it shall be: " + why);
      store.change(
          id, it -> it.life().task() == Task.DELETING ? it : it.failed(why, clock.instant()));
    }

    private void converge(Server server) {
      Task task = server.life().task();
      if (task == null) {
        settle(server);
        return;
      }
      switch (task) {
        case SPAWNING, POWERING_ON -> run(server, task);
        case REBOOTING -> {
          driver.stop(id, SOFT);
          run(server, task);
        }
        case REBOOTING_HARD -> {
          driver.stop(id, Duration.ZERO);
          run(server, task);
        }
        case POWERING_OFF -> {
          driver.stop(id, SOFT);
          seen = null;
          done(task, State.STOPPED);
        }
        case DELETING -> throw new IllegalStateException("that is seen to before");
      }
    }

    /// Nothing is to be done: is it as it was left?
    private void settle(Server server) {
      boolean runs = observe();
      switch (server.life().state()) {
        case ACTIVE -> {
          if (!runs && seen != null) {
            // It ran before the eyes of this program, so it ended by itself.
            seen = null;
            done(null, State.STOPPED);
          } else if (!runs) {
            run(server, null);
          }
        }
        case STOPPED, ERROR -> {
          if (runs) {
            driver.stop(id, SOFT);
            seen = null;
          }
        }
        case BUILDING -> run(server, null);
      }
    }

    private void run(Server server, @Nullable Task task) {
      driver.start(machine(server));
      seen = null;
      observe();
      done(task, State.ACTIVE);
    }

    /// Whether the server runs. If so, this thread is woken when it ends.
    private boolean observe() {
      Optional<CompletableFuture<Void>> running = driver.running(id);
      if (running.isPresent() && (seen == null || seen.isDone())) {
        CompletableFuture<Void> end = running.get();
        seen = end;
        end.thenRun(this::wake);
      }
      return running.isPresent();
    }

    /// Unless something else was asked for meanwhile.
    private void done(@Nullable Task task, State state) {
      store.change(id, it -> it.life().task() == task ? it.done(state, clock.instant()) : it);
      LOG.log(INFO, "server " + id + " is " + state.text());
      if (store.server(id).filter(it -> it.life().task() != null).isPresent()) {
        wake();
      }
    }
  }

  private Machine machine(Server server) {
    Optional<String> complaint = driver.complaint();
    if (complaint.isPresent()) {
      throw new DriverException("No valid host was found: " + complaint.get());
    }
    Path network =
        ports
            .namespace(server.id())
            .orElseThrow(
                () ->
                    new DriverException(
                        "No valid host was found: networks are only mirrored here; servers need"
                            + " the network driver linux, and root"));
    UUID image = server.origin().image();
    Path archive =
        images.find(image).map(EmbeddedImages.Available::archive).orElse(Path.of(image + ".gone"));
    List<ServerPorts.Attachment> attachments = ports.attachments(server.id());
    String userData = server.origin().userData();
    return new Machine(
        server.id(),
        server.origin().hostname(),
        image,
        archive,
        network,
        server.origin().flavor().ram(),
        new Personality(
            server.origin().publicKey(),
            userData == null ? null : Base64.getMimeDecoder().decode(userData),
            attachments.stream()
                .flatMap(it -> it.addresses().stream())
                .map(ServerPorts.Address::fixed)
                .toList(),
            attachments.stream()
                .flatMap(it -> it.dnsServers().stream())
                .distinct()
                .<InetAddress>map(it -> it)
                .toList()));
  }
}
