package agrippa.proxy.session;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.http.Ascii;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.FrontendStats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A frontend as its plan wants it now: immutable, replaced as a whole when the plan changes.
/// Upstreams and statistics behind it live on.
public final class FrontendSnapshot {
  private final Frontend plan;
  private final Router router;
  private final Map<String, LiveUpstream> upstreams;
  private final @Nullable LiveUpstream defaultUpstream;
  private final byte @Nullable [] strictTransport;
  private final Frontend.Timeouts tunnelTimeouts;
  private final FrontendStats stats;
  private final Pages pages;

  /// A frontend without reports.
  ///
  /// @param upstreams by name, all that the frontend's plan may name
  public FrontendSnapshot(
      Frontend plan, Router router, Map<String, LiveUpstream> upstreams, FrontendStats stats) {
    this(plan, router, upstreams, stats, Pages.NONE);
  }

  /// @param upstreams by name, all that the frontend's plan may name
  /// @param pages what reports are
  public FrontendSnapshot(
      Frontend plan,
      Router router,
      Map<String, LiveUpstream> upstreams,
      FrontendStats stats,
      Pages pages) {
    this.plan = plan;
    this.router = router;
    this.upstreams = Map.copyOf(upstreams);
    String byDefault = plan.defaultUpstream();
    this.defaultUpstream = byDefault == null ? null : this.upstreams.get(byDefault);
    String strict = plan.strictTransport();
    this.strictTransport =
        strict == null ? null : Ascii.bytes("Strict-Transport-Security: " + strict + "\r\n");
    this.tunnelTimeouts = tunnelTimeouts(plan);
    this.stats = stats;
    this.pages = pages;
  }

  private static Frontend.Timeouts tunnelTimeouts(Frontend plan) {
    Long idle = plan.options().tunnelIdle();
    Frontend.Timeouts usual = plan.timeouts();
    return idle == null
        ? usual
        : new Frontend.Timeouts(idle, usual.connect(), idle, usual.inspect());
  }

  public Frontend plan() {
    return plan;
  }

  /// The plan's, for connections whose two sides speak a protocol of their own.
  Frontend.Timeouts tunnelTimeouts() {
    return tunnelTimeouts;
  }

  public Router router() {
    return router;
  }

  /// The upstream that a route names, or null if the plan has none of that name.
  public @Nullable LiveUpstream upstream(String name) {
    return upstreams.get(name);
  }

  /// Where requests go that no route takes, or null.
  public @Nullable LiveUpstream defaultUpstream() {
    return defaultUpstream;
  }

  /// The whole line that endpoints' responses get in place of their own of that name, or null. Made
  /// once, so that responses need not.
  byte @Nullable [] strictTransport() {
    return strictTransport;
  }

  /// The upstreams that it uses, by name.
  public Map<String, LiveUpstream> upstreams() {
    return upstreams;
  }

  Pages pages() {
    return pages;
  }

  public FrontendStats stats() {
    return stats;
  }
}
