package agrippa.proxy.session;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.balance.Split;
import agrippa.proxy.encode.CompressionRules;
import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.FrontendStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A frontend as its plan wants it now: immutable, replaced as a whole when the plan changes.
/// Upstreams and statistics behind it live on.
public final class FrontendSnapshot {
  /// How long a client is waited for that has too many connections, milliseconds.
  private static final long CROWDED_IDLE = 2_000;

  private final Frontend plan;
  private final Router router;
  private final Map<String, LiveUpstream> upstreams;
  private final @Nullable LiveUpstream defaultUpstream;
  private final @Nullable FieldEdits requestEdits;
  private final @Nullable FieldEdits responseEdits;
  private final @Nullable CompressionRules compression;
  private final @Nullable ClientLimits limits;
  private final @Nullable Split split;
  private final Frontend.Timeouts tunnelTimeouts;
  private final boolean crowded;
  private final FrontendStats stats;
  private final Pages pages;

  /// A frontend without reports.
  ///
  /// @param upstreams by name, all that the frontend's plan may name
  public FrontendSnapshot(
      Frontend plan, Router router, Map<String, LiveUpstream> upstreams, FrontendStats stats) {
    this(
        plan,
        router,
        upstreams,
        stats,
        Pages.NONE,
        ClientLimits.of(plan.options().perClient(), null));
  }

  /// @param upstreams by name, all that the frontend's plan may name
  /// @param pages what reports are
  /// @param limits what each client may have, or null for no limits
  public FrontendSnapshot(
      Frontend plan,
      Router router,
      Map<String, LiveUpstream> upstreams,
      FrontendStats stats,
      Pages pages,
      @Nullable ClientLimits limits) {
    this(plan, router, upstreams, stats, pages, limits, false);
  }

  private FrontendSnapshot(
      Frontend plan,
      Router router,
      Map<String, LiveUpstream> upstreams,
      FrontendStats stats,
      Pages pages,
      @Nullable ClientLimits limits,
      boolean crowded) {
    this.plan = plan;
    this.router = router;
    this.upstreams = Map.copyOf(upstreams);
    String byDefault = plan.defaultUpstream();
    this.defaultUpstream = byDefault == null ? null : this.upstreams.get(byDefault);
    this.requestEdits = FieldEdits.of(plan.options().rewriting().requests());
    this.responseEdits = responseEdits(plan);
    // Who is refused is answered by the proxy itself, and the loop that does it must not block.
    this.compression = crowded ? null : CompressionRules.of(plan.options().compression());
    this.limits = limits;
    this.crowded = crowded;
    this.split = Split.of(plan.options().split(), this.upstreams);
    this.tunnelTimeouts = tunnelTimeouts(plan);
    this.stats = stats;
    this.pages = pages;
  }

  private static @Nullable FieldEdits responseEdits(Frontend plan) {
    List<FieldEdit> edits = new ArrayList<>();
    String strict = plan.strictTransport();
    if (strict != null) {
      edits.add(FieldEdits.setting("Strict-Transport-Security", strict));
    }
    edits.addAll(plan.options().rewriting().responses());
    return FieldEdits.of(edits);
  }

  private static Frontend.Timeouts tunnelTimeouts(Frontend plan) {
    Long idle = plan.options().tunnelIdle();
    Frontend.Timeouts usual = plan.timeouts();
    return idle == null
        ? usual
        : new Frontend.Timeouts(idle, usual.connect(), idle, usual.inspect());
  }

  /// The same for a client that has as many connections as it may: the next request is answered
  /// with 429, and waited for but shortly.
  public FrontendSnapshot forTooMany() {
    Frontend.Timeouts usual = plan.timeouts();
    Frontend shortly =
        new Frontend(
            plan.name(),
            plan.mode(),
            plan.binds(),
            plan.tls(),
            plan.allowed(),
            plan.connectionLimit(),
            new Frontend.Timeouts(
                CROWDED_IDLE, usual.connect(), usual.upstreamIdle(), usual.inspect()),
            plan.headers(),
            plan.strictTransport(),
            plan.routes(),
            plan.defaultUpstream(),
            plan.options());
    return new FrontendSnapshot(shortly, router, upstreams, stats, pages, limits, true);
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

  /// Who shares the requests that no route takes, or null: the default upstream has them all.
  @Nullable Split split() {
    return split;
  }

  /// Where requests go that no route takes, or null.
  public @Nullable LiveUpstream defaultUpstream() {
    return defaultUpstream;
  }

  /// What becomes of requests' heads, or null for nothing.
  @Nullable FieldEdits requestEdits() {
    return requestEdits;
  }

  /// What becomes of the heads of endpoints' responses, or null for nothing.
  @Nullable FieldEdits responseEdits() {
    return responseEdits;
  }

  /// Which responses are compressed, or null for none.
  @Nullable CompressionRules compression() {
    return compression;
  }

  /// Whether the client has too many connections.
  boolean crowded() {
    return crowded;
  }

  /// What each client may have, or null for no limits.
  public @Nullable ClientLimits limits() {
    return limits;
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
