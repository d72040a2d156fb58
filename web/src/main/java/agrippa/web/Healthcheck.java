package agrippa.web;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether the program works, in the words of oslo.middleware's `healthcheck`: 200, or 503 with the
/// reasons, as text or JSON. Anybody may ask, so that answers name no details unless the operator
/// wants them, and looking is bounded: at most once a second, each part by one thread at a time.
public final class Healthcheck {
  private static final System.Logger LOG = System.getLogger(Healthcheck.class.getName());
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final List<Part> parts;
  private final boolean detailed;
  private final Duration patience;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock();
  // Guarded by the lock.
  private Instant looked = Instant.MIN;
  private List<Finding> findings = List.of();

  /// @param detailed whether answers tell of every part, and why it fails
  /// @param patience how long all parts together may take
  public Healthcheck(List<Part> parts, boolean detailed, Duration patience, InstantSource clock) {
    this.parts = List.copyOf(parts);
    this.detailed = detailed;
    this.patience = patience;
    this.clock = clock;
  }

  /// Looks at one part of the program. May block, and throw.
  @FunctionalInterface
  public interface Look {
    /// @return what is wrong, or nothing
    Optional<String> complaint();
  }

  /// A part that can be looked at.
  public static final class Part {
    private final String name;
    private final Look look;
    // Guarded by the lock of the check that it belongs to.
    private @Nullable CompletableFuture<Optional<String>> pending;

    /// @param name such as `database`
    public Part(String name, Look look) {
      this.name = name;
      this.look = look;
    }

    /// A look that hangs is waited for again, rather than joined by more that will hang.
    private CompletableFuture<Optional<String>> begin() {
      CompletableFuture<Optional<String>> under = pending;
      if (under == null || under.isDone()) {
        CompletableFuture<Optional<String>> next = new CompletableFuture<>();
        Thread.ofVirtual().name("healthcheck-" + name).start(() -> take(next));
        pending = next;
        return next;
      }
      return under;
    }

    private void take(CompletableFuture<Optional<String>> into) {
      try {
        into.complete(look.complaint());
      } catch (RuntimeException | Error e) {
        into.completeExceptionally(e);
      }
    }
  }

  /// @param details empty if the part works
  private record Finding(String part, String details) {
    boolean works() {
      return details.isEmpty();
    }

    String reason() {
      return works() ? "OK" : "The " + part + " does not work.";
    }
  }

  /// The site of this check.
  public Site site(String path) {
    Routes routes = new Routes().get("/", this::answer).head("/", this::answer);
    return new Site(path, routes, (request, next) -> next.handle(request), new PlainEdge());
  }

  /// Answers GET and HEAD.
  public Reply answer(Request request) {
    List<Finding> now = look();
    boolean works = now.stream().allMatch(Finding::works);
    if (request.method().equals("HEAD")) {
      return Reply.empty(works ? 204 : 503);
    }
    int status = works ? 200 : 503;
    return json(request.header("accept").orElse("")) ? json(status, now) : text(status, now);
  }

  private List<Finding> look() {
    turn.lock();
    try {
      if (!clock.instant().isBefore(looked.plus(FRESH))) {
        findings = seen();
        looked = clock.instant();
      }
      return findings;
    } finally {
      turn.unlock();
    }
  }

  private List<Finding> seen() {
    List<CompletableFuture<Optional<String>>> looks = parts.stream().map(Part::begin).toList();
    long end = System.nanoTime() + patience.toNanos();
    List<Finding> seen = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      String details = details(looks.get(i), Math.max(0, end - System.nanoTime()));
      seen.add(new Finding(parts.get(i).name, details));
    }
    tellNews(seen);
    return seen;
  }

  /// Who asks does so again and again.
  private void tellNews(List<Finding> seen) {
    for (Finding it : seen) {
      if (!it.works() && !findings.contains(it)) {
        LOG.log(WARNING, "the " + it.part() + " does not work: " + Text.forLog(it.details()));
      }
    }
  }

  private String details(CompletableFuture<Optional<String>> look, long nanoseconds) {
    try {
      return look.get(nanoseconds, TimeUnit.NANOSECONDS).orElse("");
    } catch (TimeoutException e) {
      return String.format(Locale.ROOT, "no answer within %.1f s", patience.toMillis() / 1e3);
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /// Whether somebody would rather have JSON than text, which is the default.
  private static boolean json(String accept) {
    for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
      String type = range.split(";", 2)[0].strip();
      if (type.equals("application/json")) {
        return true;
      }
      if (type.equals("text/plain") || type.equals("*/*") || type.equals("text/*")) {
        return false;
      }
    }
    return false;
  }

  private List<String> reasons(List<Finding> seen) {
    List<String> bad = seen.stream().filter(it -> !it.works()).map(Finding::reason).toList();
    return bad.isEmpty() ? List.of("OK") : bad;
  }

  private Reply text(int status, List<Finding> seen) {
    Stream<String> lines =
        detailed
            ? seen.stream().map(it -> it.part() + ": " + (it.works() ? it.reason() : it.details()))
            : reasons(seen).stream();
    return Reply.text(status, lines.collect(Collectors.joining("\n")));
  }

  private Reply json(int status, List<Finding> seen) {
    ObjectNode body = Json.object().put("detailed", detailed);
    ArrayNode reasons = body.putArray("reasons");
    if (detailed) {
      seen.forEach(
          it ->
              reasons
                  .addObject()
                  .put("class", it.part())
                  .put("reason", it.reason())
                  .put("details", it.details()));
    } else {
      reasons(seen).forEach(reasons::add);
    }
    return Reply.json(status, body);
  }
}
