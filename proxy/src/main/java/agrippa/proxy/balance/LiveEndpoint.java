package agrippa.proxy.balance;

import agrippa.proxy.plan.Endpoint;
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
  public @Nullable DatagramLink link(EventLoop loop, Runnable readable) {
    namespace.enter();
    try {
      return loop.link(plan.address(), readable);
    } finally {
      namespace.leave();
    }
  }

  /// Its current settings.
  public Endpoint plan() {
    return plan;
  }

  /// Whether it may be given work: enabled, not down, not retired. Weight 0 is usable, for clients
  /// that persistence sends there.
  public boolean usable() {
    return up && !retired && plan.enabled();
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
