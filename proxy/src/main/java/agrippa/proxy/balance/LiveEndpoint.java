package agrippa.proxy.balance;

import agrippa.proxy.plan.Endpoint;
import java.util.concurrent.atomic.AtomicInteger;

/// An endpoint as it is now. Outlives plans: as long as an upstream has an endpoint of this name at
/// this address, it is this object.
public final class LiveEndpoint {
  private final AtomicInteger active = new AtomicInteger();
  private volatile Endpoint plan;
  private volatile boolean up = true;
  private volatile boolean retired;

  LiveEndpoint(Endpoint plan) {
    this.plan = plan;
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
