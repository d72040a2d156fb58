package agrippa.provider.builtin;

import agrippa.proxy.PlanMeter;
import agrippa.proxy.PlanMeter.EndpointMeter;
import agrippa.proxy.PlanMeter.FrontendMeter;
import agrippa.proxy.PlanMeter.Meter;
import agrippa.proxy.PlanMeter.UpstreamMeter;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.stats.CheckHistory;
import agrippa.proxy.stats.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The metrics of Octavia's PROMETHEUS listeners that have a meaning here. Their names are
/// HAProxy's in Octavia's words.
final class Metrics {
  /// Of a listener, and of a pool.
  private enum Service {
    DOWN,
    UP
  }

  /// Of a member.
  private enum Server {
    DOWN,
    UP,
    MAINT,
    DRAIN
  }

  static final List<Family<PlanMeter>> OF_LOAD_BALANCERS =
      List.of(
          sum(
              "max_connections",
              "Most connections that its listeners may have open",
              it -> it.plan().connectionLimit()),
          sum(
              "current_connections",
              "Connections that are open",
              it -> it.counters().connectionsOpen()),
          sum("connections_total", "Connections of clients", Metrics::connections),
          sum("requests_total", "HTTP requests", it -> it.counters().requests()),
          sum(
              "http_comp_bytes_in_total",
              "Bytes of responses before compression",
              it -> it.count(Count.COMPRESSED_IN)),
          sum(
              "http_comp_bytes_out_total",
              "The same bytes compressed",
              it -> it.count(Count.COMPRESSED_OUT)),
          sum(
              "listeners",
              "Addresses that are listened at",
              it -> it.serving() ? it.plan().binds().size() : 0));

  /// Not of PROMETHEUS listeners, where Octavia has no such thing.
  private static final Family<FrontendMeter> CERTIFICATES =
      new Family<>(
          "agrippa_certificate_expiry_seconds",
          "When certificates end, in seconds since 1970, by their place; 0 is the default",
          Metrics::certificates);

  static final List<Family<FrontendMeter>> OF_LISTENERS =
      Stream.concat(
              Stream.of(
                  Family.<FrontendMeter, Service>states(
                      "octavia_listener_status",
                      "Which state it is in",
                      Service.class,
                      it -> it.serving() ? Service.UP : Service.DOWN),
                  listener(
                      "current_sessions",
                      "Connections that are open",
                      it -> it.counters().connectionsOpen()),
                  listener(
                      "max_sessions",
                      "Most connections that were ever open at a time",
                      it -> it.peak()),
                  listener(
                      "limit_sessions",
                      "Most connections that it may have open",
                      it -> it.plan().connectionLimit()),
                  listener(
                      "sessions_total",
                      "Connections served",
                      it -> it.counters().connectionsTotal()),
                  listener("connections_total", "Connections of clients", Metrics::connections),
                  listener(
                      "denied_connections_total",
                      "Connections from outside the allowed CIDRs",
                      it -> it.count(Count.REFUSED)),
                  listener(
                      "bytes_in_total",
                      "Bytes received from clients",
                      it -> it.counters().bytesIn()),
                  listener(
                      "bytes_out_total", "Bytes sent to clients", it -> it.counters().bytesOut()),
                  listener(
                      "request_errors_total",
                      "Requests that were malformed or given up by the client",
                      it -> it.counters().requestErrors()),
                  listener(
                          "requests_denied_total",
                          "Requests that an L7 policy rejected, or of clients that have had their share",
                          it -> it.count(Count.REJECTED) + it.count(Count.LIMITED))
                      .where(Metrics::http),
                  listener(
                          "intercepted_requests_total",
                          "Requests that were redirected, or answered as a policy says or with metrics",
                          it -> it.count(Count.INTERCEPTED))
                      .where(Metrics::http),
                  listener("http_requests_total", "HTTP requests", it -> it.counters().requests())
                      .where(Metrics::http),
                  Family.<FrontendMeter>responses("octavia_listener_http_responses_total")
                      .where(Metrics::http)),
              compression("octavia_listener_", Metrics::http))
          .toList();

  /// Also of those that no PROMETHEUS listener tells of, or tells so much of.
  static final List<Family<FrontendMeter>> OF_ALL_LISTENERS =
      Stream.concat(OF_LISTENERS.stream(), Stream.of(CERTIFICATES)).toList();

  static final List<Family<OfPool>> OF_POOLS =
      Stream.of(
              Stream.of(
                  Family.<OfPool, Service>states(
                      "octavia_pool_status",
                      "Which state it is in: up if a member takes new work, or if it has none",
                      Service.class,
                      it -> it.up() ? Service.UP : Service.DOWN),
                  pool("active_members", "Members that take new work", it -> it.working(false)),
                  pool("backup_members", "Backup members that could", it -> it.working(true)),
                  pool("http_requests_total", "HTTP requests", it -> it.count(Count.OPENED))
                      .where(OfPool::http)),
              traffic("octavia_pool_", "octavia_pool_member_aborts_total", OfPool::http),
              compression("octavia_pool_", OfPool::http))
          .flatMap(it -> it)
          .toList();

  static final List<Family<OfMember>> OF_MEMBERS =
      Stream.concat(
              Stream.of(
                  Family.<OfMember, Server>states(
                      "octavia_member_status",
                      "Which state it is in",
                      Server.class,
                      Metrics::server),
                  member("weight", "Share of new work", it -> it.meter().plan().weight()),
                  member(
                          "current_throttle",
                          "Percent of its weight that it counts with while it starts slowly",
                          it -> it.meter().warmthPercent())
                      .where(it -> it.meter().warmthPercent() < 100),
                  Family.<OfMember>of(
                      "agrippa_member_ejected",
                      "Whether it is left out for a while after failures",
                      it -> it.meter().ejected() ? 1 : 0),
                  history("check_failures_total", "Health checks that failed", it -> it.failures()),
                  history("check_up_down_total", "How often it went down", it -> it.downs()),
                  history(
                      "check_last_change_seconds",
                      "Seconds since it last went up or down",
                      it -> seconds(it.sinceChange())),
                  history(
                      "downtime_seconds_total",
                      "Seconds that it was down, all together",
                      it -> seconds(it.downtime()))),
              traffic("octavia_member_", "octavia_member_server_aborts_total", OfMember::http))
          .toList();

  private Metrics() {}

  /// What a listener has to do with a pool.
  record OfPool(UpstreamMeter meter, boolean http) implements Meter {
    @Override
    public long count(Count what) {
      return meter.count(what);
    }

    private boolean up() {
      List<EndpointMeter> all = meter.endpoints();
      return all.isEmpty() || all.stream().anyMatch(Metrics::works);
    }

    private long working(boolean backup) {
      return meter.endpoints().stream()
          .filter(it -> it.plan().backup() == backup)
          .filter(Metrics::works)
          .count();
    }
  }

  /// What a listener has to do with a member.
  record OfMember(EndpointMeter meter, boolean http) implements Meter {
    @Override
    public long count(Count what) {
      return meter.count(what);
    }
  }

  /// Members of pools are counted as their pools are.
  private static <T extends Meter> Stream<Family<T>> traffic(
      String prefix, String aborts, Predicate<T> http) {
    return Stream.of(
        Family.<T>of(
            prefix + "current_sessions",
            "Connections, or HTTP requests, under way",
            Metrics::underWay),
        Family.<T>of(prefix + "sessions_total", "Connections, or HTTP requests", Count.OPENED),
        Family.<T>of(
            prefix + "connection_attempts_total", "Connections that were tried", Count.ATTEMPTS),
        Family.<T>of(
            prefix + "connection_reuses_total", "Idle connections used again", Count.REUSES),
        Family.<T>of(prefix + "bytes_in_total", "Bytes received from clients", Count.BYTES_IN),
        Family.<T>of(prefix + "bytes_out_total", "Bytes sent to clients", Count.BYTES_OUT),
        Family.<T>of(
            prefix + "connection_errors_total",
            "Connections, or HTTP requests, lost because no member could be reached",
            Count.CONNECT_ERRORS),
        Family.<T>of(
            prefix + "response_errors_total",
            "HTTP requests without a valid response in time",
            Count.RESPONSE_ERRORS),
        Family.<T>of(
            prefix + "retry_warnings_total", "Further tries at the same member", Count.RETRIES),
        Family.<T>of(
            prefix + "redispatch_warnings_total",
            "Further tries at another member",
            Count.REDISPATCHES),
        Family.<T>of(
                prefix + "client_aborts_total",
                "HTTP transfers that the client broke off",
                Count.CLIENT_ABORTS)
            .where(http),
        Family.<T>of(aborts, "HTTP transfers that the member broke off", Count.ENDPOINT_ABORTS)
            .where(http),
        Family.<T>responses(prefix + "http_responses_total").where(http));
  }

  private static <T extends Meter> Stream<Family<T>> compression(String prefix, Predicate<T> http) {
    return Stream.of(
            Family.<T>of(
                prefix + "http_comp_bytes_in_total",
                "Bytes of responses before compression",
                Count.COMPRESSED_IN),
            Family.<T>of(
                prefix + "http_comp_bytes_out_total",
                "The same bytes compressed",
                Count.COMPRESSED_OUT),
            Family.<T>of(
                prefix + "http_comp_bytes_bypassed_total",
                "Bytes sent as they are because too many responses were being compressed",
                Count.COMPRESSION_BYPASSED),
            Family.<T>of(
                prefix + "http_comp_responses_total",
                "Responses that were compressed",
                Count.COMPRESSED))
        .map(it -> it.where(http));
  }

  /// What came and went between the two looks must not make it less than nothing.
  private static long underWay(Meter of) {
    long closed = of.count(Count.CLOSED);
    return Math.max(0, of.count(Count.OPENED) - closed);
  }

  private static Family<PlanMeter> sum(
      String name, String help, ToLongFunction<FrontendMeter> value) {
    return Family.of(
        "octavia_loadbalancer_" + name, help, it -> it.frontends().stream().mapToLong(value).sum());
  }

  private static Family<FrontendMeter> listener(
      String name, String help, Function<FrontendMeter, Number> value) {
    return Family.of("octavia_listener_" + name, help, value);
  }

  private static Family<OfPool> pool(String name, String help, Function<OfPool, Number> value) {
    return Family.of("octavia_pool_" + name, help, value);
  }

  private static Family<OfMember> member(
      String name, String help, Function<OfMember, Number> value) {
    return Family.of("octavia_member_" + name, help, value);
  }

  private static Family<OfMember> history(
      String name, String help, Function<CheckHistory, Number> value) {
    return member(name, help, it -> value.apply(Objects.requireNonNull(it.meter().checks())))
        .where(it -> it.meter().checks() != null);
  }

  private static void certificates(FrontendMeter listener, Samples out) {
    TlsServer tls = listener.plan().tls();
    for (int i = 0; tls != null && i < tls.certificates().size(); i++) {
      Instant end = tls.certificates().get(i).chain().getFirst().getNotAfter().toInstant();
      out.add("certificate", String.valueOf(i), end.getEpochSecond());
    }
  }

  private static long connections(FrontendMeter listener) {
    return listener.counters().connectionsTotal()
        + listener.count(Count.REFUSED)
        + listener.count(Count.HEADERLESS);
  }

  static boolean http(FrontendMeter listener) {
    return listener.plan().mode() == Mode.HTTP;
  }

  private static boolean works(EndpointMeter member) {
    return switch (member.state()) {
      case UP, NO_CHECK -> member.plan().weight() > 0;
      case DOWN, DRAIN, MAINT -> false;
    };
  }

  private static Server server(OfMember member) {
    return switch (member.meter().state()) {
      case UP, NO_CHECK -> Server.UP;
      case DOWN -> Server.DOWN;
      case DRAIN -> Server.DRAIN;
      case MAINT -> Server.MAINT;
    };
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }
}
