package agrippa.proxy.balance;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.AssociationLoop;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.NetworkNamespace;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An endpoint as it is now. Outlives plans: as long as an upstream has an endpoint of this name at
/// this address, it is this object.
public final class LiveEndpoint {
  private final NetworkNamespace namespace;
  private final AtomicInteger active = new AtomicInteger();
  private final Warmth warmth = new Warmth();
  private final Departure departure = new Departure();
  private final Failures failures = new Failures();
  private volatile Endpoint plan;
  private volatile boolean up = true;
  private volatile boolean retired;

  LiveEndpoint(Endpoint plan, NetworkNamespace namespace) {
    this.plan = plan;
    this.namespace = namespace;
  }

  /// Starts a connection to it: see [EventLoop#connect]. Only on the loop's thread.
  public Channel connect(
      EventLoop loop,
      EventLoop.@Nullable TlsContext tls,
      @Nullable String serverName,
      Handler handler) {
    namespace.enter();
    try {
      return loop.connect(plan.address(), tls, serverName, handler);
    } finally {
      namespace.leave();
    }
  }

  /// Opens a socket for datagrams to and from it: see [EventLoop#link]. Only on the loop's thread.
  public @Nullable DatagramLink link(EventLoop loop, DatagramLink.Handler handler) {
    namespace.enter();
    try {
      return loop.link(plan.address(), handler);
    } finally {
      namespace.leave();
    }
  }

  /// Starts an association with it: see [AssociationLoop#associate]. Only on the loop's thread.
  public Association associate(AssociationLoop loop, Association.Handler handler) {
    namespace.enter();
    try {
      return loop.associate(plan.address(), handler);
    } finally {
      namespace.leave();
    }
  }

  /// Its current settings.
  public Endpoint plan() {
    return plan;
  }

  /// Whether it may be given work: enabled, not down, not retired, not left out. Weight 0 is
  /// usable, for clients that persistence sends there, until its time to drain is over.
  public boolean usable() {
    return sound() && !failures.out();
  }

  /// Usable but for being left out.
  boolean sound() {
    return up && !retired && plan.enabled() && !departure.over();
  }

  /// Its share of new work, compared with others: its weight, or less of it while it starts slowly.
  int share() {
    return plan.weight() * warmth.steps();
  }

  /// How much of its weight it counts with, in percent.
  public int warmthPercent() {
    return warmth.steps() * 100 / Warmth.FULL;
  }

  /// Whether it is left out for a while because what it was given failed.
  public boolean ejected() {
    return failures.out();
  }

  /// Whether it gets no new work, but what it has may go on for a time.
  public boolean leaving() {
    return departure.leaving();
  }

  /// Whether that time is over.
  public boolean drained() {
    return departure.over();
  }

  Warmth warmth() {
    return warmth;
  }

  Departure departure() {
    return departure;
  }

  Failures failures() {
    return failures;
  }

  /// Counts a connection (TCP) or a request (HTTP) in.
  public void begin() {
    active.getAndIncrement();
  }

  /// Counts it out again.
  public void end() {
    active.getAndDecrement();
  }

  /// Work in flight, over all loops.
  public int active() {
    return active.get();
  }

  /// Whether it left its upstream or moved: idle connections to it are closed, work under way
  /// finishes.
  public boolean retired() {
    return retired;
  }

  /// Whether checks say that it is up, or nobody checks.
  public boolean up() {
    return up;
  }

  void plan(Endpoint newPlan) {
    plan = newPlan;
  }

  void up(boolean nowUp) {
    up = nowUp;
  }

  void retire() {
    retired = true;
  }

  @Override
  public String toString() {
    return "LiveEndpoint[" + plan.name() + " " + plan.address() + "]";
  }
}
