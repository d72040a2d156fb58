package agrippa.proxy.kernel;

import agrippa.proxy.kernel.Readings.Counted;
import agrippa.proxy.kernel.Ruleset.Door;
import agrippa.proxy.kernel.Ruleset.Target;
import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Has the kernel balance services in one network namespace, ahead of a proxy that listens at the
/// same addresses: what the kernel does not take, the proxy gets. The kernel goes on whatever
/// becomes of this process. One call at a time, by whoever holds the plan's lock.
public final class KernelPath {
  private static final System.Logger LOG = System.getLogger(KernelPath.class.getName());

  /// With more connections than this in the namespace, those that are open are not counted.
  private static final int MOST_COUNTED = 65_536;

  private static final String FORWARDING_IPV4 = "ipv4/ip_forward";
  private static final String FORWARDING_IPV6 = "ipv6/conf/all/forwarding";
  private static final String LIBERAL = "netfilter/nf_conntrack_tcp_be_liberal";
  private static final long READ_EVERY_NANOS = 1_000_000_000;

  private final NetworkNamespace namespace;
  private final Tools tools;
  private final LongSupplier nanos;
  private boolean known;
  private @Nullable Ruleset applied;
  private Map<String, Counted> counted = new HashMap<>();
  private long lastRead;

  /// @param namespace stays the caller's to close
  /// @param nanos a clock that never goes back
  public KernelPath(NetworkNamespace namespace, LongSupplier nanos) {
    this.namespace = namespace;
    this.tools = new Tools(namespace);
    this.nanos = nanos;
    this.lastRead = nanos.getAsLong() - READ_EVERY_NANOS;
  }

  /// Takes what the kernel counted since it was last asked.
  public interface Ledger {
    /// What a frontend counted in all.
    void add(String frontend, Amount amount);

    /// What of that went to a server.
    void add(String frontend, String upstream, String server, Amount amount);

    /// @param open its connections that are open now
    void open(String frontend, int open);

    /// @param open those that were led to a server
    void open(String frontend, String upstream, String server, int open);
  }

  /// @param opened connections
  /// @param bytesIn from clients, about: packets less the headers that they usually have
  /// @param bytesOut to clients, about
  public record Amount(long opened, long bytesIn, long bytesOut) {
    boolean nothing() {
      return opened == 0 && bytesIn == 0 && bytesOut == 0;
    }
  }

  /// Makes the kernel do this, and nothing else any more. Connections that are under way go on,
  /// and so do datagrams as long as their server is usable.
  ///
  /// @param ledger takes what was counted by what is given up
  /// @return why it cannot; then nothing changed
  public Optional<String> serve(List<Service> services, Ledger ledger) {
    try {
      if (services.isEmpty() && applied == null) {
        clearOnce();
        return Optional.empty();
      }
      Optional<String> missing = Tools.missing();
      if (missing.isEmpty()) {
        apply(Ruleset.of(services), ledger);
      }
      return missing;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the kernel of {0} cannot balance: {1}", namespace, e.getMessage());
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// What an earlier process left, if any did: the kernel passes packets on only for us.
  private void clearOnce() throws IOException {
    if (!known && Tools.missing().isEmpty() && "1".equals(tools.setting(FORWARDING_IPV4))) {
      removeAll();
    }
    known = true;
  }

  private void apply(Ruleset next, Ledger ledger) throws IOException {
    Ruleset before = applied == null ? begin() : applied;
    if (next.equals(before)) {
      return;
    }
    if (!next.objects().containsAll(before.objects())) {
      read(before, ledger);
    }
    tools.transaction(next.replacing(before));
    counted.keySet().removeIf(it -> !next.objects().contains("counter " + it));
    applied = next;
    endFlows(before, next);
  }

  /// Before packets are passed on, what must not be is kept out.
  private Ruleset begin() throws IOException {
    Ruleset empty = Ruleset.empty();
    tools.transaction(empty.replacing(null));
    tools.set(LIBERAL, "1");
    tools.set(FORWARDING_IPV4, "1");
    tools.set(FORWARDING_IPV6, "1");
    counted = new HashMap<>();
    known = true;
    applied = empty;
    return empty;
  }

  /// Nobody says when a flow of datagrams ends: those of servers that shall have no more do now.
  private void endFlows(Ruleset before, Ruleset next) throws IOException {
    for (Map.Entry<Integer, Target> each : before.servers().entrySet()) {
      if (each.getValue().udp() && !next.servers().containsKey(each.getKey())) {
        tools.end(each.getKey(), -1, true);
      }
    }
  }

  /// The marks of all connections of a frontend; empty if the kernel does not balance it.
  public Optional<Integer> mark(String frontend) {
    return Optional.ofNullable(applied).map(it -> it.frontends().get(frontend)).map(Door::mark);
  }

  /// Ends all connections of a frontend that has gone.
  public void end(int mark) {
    try {
      if (applied != null
          && applied.frontends().values().stream().noneMatch(it -> it.mark() == mark)) {
        tools.end(mark, Marks.FRONTEND, false);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "connections in {0} are not ended: {1}", namespace, e.getMessage());
    }
  }

  /// Takes everything out of the kernel, and ends all connections through it.
  public void remove() {
    if (applied == null) {
      return;
    }
    try {
      removeAll();
      applied = null;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "rules are left in {0}: {1}", namespace, e.getMessage());
    }
  }

  private void removeAll() throws IOException {
    tools.set(FORWARDING_IPV4, "0");
    tools.set(FORWARDING_IPV6, "0");
    tools.transaction("add table " + Ruleset.TABLE + "\ndelete table " + Ruleset.TABLE + "\n");
    Set<Integer> frontends = new HashSet<>();
    Readings.open(tools.connections()).keySet().forEach(it -> frontends.add(it & Marks.FRONTEND));
    frontends.remove(0);
    for (int each : frontends) {
      tools.end(each, Marks.FRONTEND, false);
    }
  }

  /// Counts, if that was not done just before.
  public void count(Ledger ledger) {
    Ruleset now = applied;
    if (now == null || nanos.getAsLong() - lastRead < READ_EVERY_NANOS) {
      return;
    }
    try {
      read(now, ledger);
      open(now, ledger);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "counters of {0}: {1}", namespace, e.getMessage());
    }
    lastRead = nanos.getAsLong();
  }

  private void read(Ruleset from, Ledger ledger) throws IOException {
    Map<String, Counted> next = Readings.counters(tools.counters());
    from.frontends()
        .forEach(
            (name, it) -> {
              Amount amount = amount("f", "%04x".formatted(it.mark() >>> 16), it.header(), next);
              if (!amount.nothing()) {
                ledger.add(name, amount);
              }
            });
    from.servers()
        .forEach(
            (mark, it) -> {
              int header = header(from, it);
              Amount amount = amount("s", "%08x".formatted(mark), header, next);
              if (!amount.nothing()) {
                ledger.add(it.frontend(), it.upstream(), it.server(), amount);
              }
            });
    counted = next;
  }

  private static int header(Ruleset from, Target target) {
    Door door = from.frontends().get(target.frontend());
    return door == null ? 0 : door.header();
  }

  private Amount amount(String kind, String name, int header, Map<String, Counted> next) {
    Counted opened = since(kind + "n_" + name, next);
    return new Amount(
        opened.packets(),
        payload(since(kind + "i_" + name, next), header),
        payload(since(kind + "o_" + name, next), header));
  }

  private Counted since(String counter, Map<String, Counted> next) {
    Counted then = counted.getOrDefault(counter, Counted.NOTHING);
    Counted now = next.getOrDefault(counter, Counted.NOTHING);
    return new Counted(
        Math.max(0, now.packets() - then.packets()), Math.max(0, now.bytes() - then.bytes()));
  }

  private static long payload(Counted it, int header) {
    return Math.max(0, it.bytes() - it.packets() * header);
  }

  private void open(Ruleset now, Ledger ledger) throws IOException {
    if (tools.known() > MOST_COUNTED) {
      return;
    }
    Map<Integer, Integer> open = Readings.open(tools.connections());
    Map<Integer, Integer> ofFrontends = new HashMap<>();
    open.forEach((mark, count) -> ofFrontends.merge(mark & Marks.FRONTEND, count, Integer::sum));
    now.frontends()
        .forEach((name, it) -> ledger.open(name, ofFrontends.getOrDefault(it.mark(), 0)));
    now.servers()
        .forEach(
            (mark, it) ->
                ledger.open(it.frontend(), it.upstream(), it.server(), open.getOrDefault(mark, 0)));
  }
}
