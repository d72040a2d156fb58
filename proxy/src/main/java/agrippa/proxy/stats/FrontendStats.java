package agrippa.proxy.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A frontend's counters: each loop, and whoever else counts, writes its own without locks; readers
/// add them up.
public final class FrontendStats {
  private final Local[] locals;

  /// @param writers number of event loops, and of others that count
  public FrontendStats(int writers) {
    locals = new Local[writers];
    for (int i = 0; i < writers; i++) {
      locals[i] = new Local();
    }
  }

  /// The counters that writer number `index`, and nobody else, writes. Loops come first.
  public Local local(int index) {
    return locals[index];
  }

  /// The sums over all loops. Each is exact; together they are not of one instant.
  public Counters sum() {
    long opened = sum(Local.OPENED);
    // Connections that come and go between these two sums are closed, but were not opened.
    long open = Math.max(0, opened - sum(Local.CLOSED));
    return new Counters(
        sum(Local.BYTES_IN),
        sum(Local.BYTES_OUT),
        open,
        opened,
        sum(Local.REQUESTS),
        sum(Local.REQUEST_ERRORS));
  }

  /// One sum over all loops.
  public long sum(Count what) {
    long sum = 0;
    for (Local local : locals) {
      sum += local.own.read(what);
    }
    return sum;
  }

  /// The same of what the frontend has to do with an upstream.
  public long sum(String upstream, Count what) {
    long sum = 0;
    for (Local local : locals) {
      UpstreamTally tally = local.upstreams.get(upstream);
      sum += tally == null ? 0 : tally.all().read(what);
    }
    return sum;
  }

  /// The same of what it has to do with one of the upstream's endpoints.
  public long sum(String upstream, String endpoint, Count what) {
    long sum = 0;
    for (Local local : locals) {
      UpstreamTally known = local.upstreams.get(upstream);
      Tally tally = known == null ? null : known.find(endpoint);
      sum += tally == null ? 0 : tally.read(what);
    }
    return sum;
  }

  /// Forgets upstreams and endpoints that are gone. What was under way with them may count on
  /// unseen.
  ///
  /// @param endpoints names of endpoints by the names of the upstreams that the frontend uses
  public void retain(Map<String, Set<String>> endpoints) {
    for (Local local : locals) {
      local.upstreams.keySet().retainAll(endpoints.keySet());
      local.upstreams.forEach(
          (name, tally) -> tally.retain(endpoints.getOrDefault(name, Set.of())));
    }
  }

  private long sum(int counter) {
    long sum = 0;
    for (Local local : locals) {
      sum += local.read(counter);
    }
    return sum;
  }

  /// Counters with a single writer: connections are counted by the frontend, the rest by sessions.
  public static final class Local {
    // Opaque access: never torn, visible soon, and as cheap as a plain field.
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

    // The counts of different loops must not share a cache line: they start one line into their
    // array and end one before its end.
    private static final int LINE = 8;
    private static final int BYTES_IN = LINE;
    private static final int BYTES_OUT = LINE + 1;
    private static final int OPENED = LINE + 2;
    private static final int CLOSED = LINE + 3;
    private static final int REQUESTS = LINE + 4;
    private static final int REQUEST_ERRORS = LINE + 5;

    private final long[] counts = new long[3 * LINE];
    private final Tally own = new Tally(null);
    private final Map<String, UpstreamTally> upstreams = new ConcurrentHashMap<>();

    private Local() {}

    public void bytesIn(long count) {
      add(BYTES_IN, count);
    }

    public void bytesOut(long count) {
      add(BYTES_OUT, count);
    }

    public void connectionOpened() {
      add(OPENED, 1);
    }

    public void connectionClosed() {
      add(CLOSED, 1);
    }

    public void connectionsOpened(long count) {
      add(OPENED, count);
    }

    public void connectionsClosed(long count) {
      add(CLOSED, count);
    }

    public void request() {
      add(REQUESTS, 1);
    }

    public void requestError() {
      add(REQUEST_ERRORS, 1);
    }

    /// Counts something that concerns the frontend itself.
    public void count(Count what) {
      own.own(what);
    }

    public void count(Count what, long amount) {
      own.count(what, amount);
    }

    /// The counts of what the frontend has to do with an upstream.
    public UpstreamTally upstream(String name) {
      UpstreamTally known = upstreams.get(name);
      if (known != null) {
        return known;
      }
      UpstreamTally made = new UpstreamTally();
      upstreams.put(name, made);
      return made;
    }

    private void add(int counter, long count) {
      COUNTS.setOpaque(counts, counter, (long) COUNTS.getOpaque(counts, counter) + count);
    }

    private long read(int counter) {
      return (long) COUNTS.getOpaque(counts, counter);
    }
  }
}
