package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;
import static agrippa.control.rules.RefusedException.invalidOption;

import agrippa.control.Attributes.OfHealthMonitor;
import agrippa.control.Change.CreateHealthMonitor;
import agrippa.control.Change.UpdateHealthMonitor;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.HealthMonitor;
import agrippa.model.HealthMonitorId;
import agrippa.model.Labels;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import org.jspecify.annotations.Nullable;

/// Health monitors.
final class HealthMonitorRules {
  private static final int MIN_UDP_CONNECT_DELAY = 3;
  private static final int STANDARD_RETRIES_DOWN = 3;
  private static final String STANDARD_METHOD = "GET";
  private static final String STANDARD_PATH = "/";
  private static final String STANDARD_CODES = "200";

  private final Terms terms;

  HealthMonitorRules(Terms terms) {
    this.terms = terms;
  }

  LoadBalancerTree create(
      LoadBalancerTree tree, Pool pool, CreateHealthMonitor change, HealthMonitorId id) {
    requireType(change.type(), pool.protocol(), change.attributes());
    terms.requireRoom(tree, Countable.HEALTH_MONITOR, 1);
    requireMutable(tree, pool);
    var monitor = build(id, change.type(), change.attributes());
    if (pool.monitor() != null) {
      throw new RefusedException(new Refusal.DuplicateHealthMonitor());
    }
    return Marks.along(tree, pool).mapPool(pool.id(), it -> it.withMonitor(monitor));
  }

  /// The type is allowed, and fits the pool.
  void requireType(MonitorType type, PoolProtocol pool, OfHealthMonitor given) {
    if (type == MonitorType.PING && !terms.settings().allowed().ping()) {
      throw new RefusedException(new Refusal.NotAllowed("type", type.wireName()));
    }
    boolean datagrams = Protocols.datagrams(pool);
    if (datagrams && !fitsDatagrams(type)) {
      throw invalid(
          "The associated pool protocol is %s, so only a UDP-CONNECT/SCTP/TCP/HTTP health monitor"
                  .formatted(pool)
              + " is supported.");
    }
    if (!datagrams && (type == MonitorType.UDP_CONNECT || type == MonitorType.SCTP)) {
      throw invalid(
          "The %s type is only supported for pools of type UDP/SCTP.".formatted(type.wireName()));
    }
    requireDelay(type, given);
  }

  private static boolean fitsDatagrams(MonitorType type) {
    return switch (type) {
      case HTTP, TCP, UDP_CONNECT, SCTP -> true;
      case HTTPS, PING, TLS_HELLO -> false;
    };
  }

  private static void requireDelay(MonitorType type, OfHealthMonitor given) {
    var delay = given.delay().value();
    if (type == MonitorType.UDP_CONNECT && delay != null && delay < MIN_UDP_CONNECT_DELAY) {
      throw invalid(
          "The request delay value %d should be larger than %d for %s health monitor type."
              .formatted(delay, MIN_UDP_CONNECT_DELAY, type.wireName()));
    }
  }

  /// A new monitor, after all checks that depend on its own attributes.
  HealthMonitor build(HealthMonitorId id, MonitorType type, OfHealthMonitor given) {
    int delay = mandatory(given.delay(), "delay");
    int timeout = mandatory(given.timeout(), "timeout");
    int maxRetries = mandatory(given.maxRetries(), "max_retries");
    boolean http = speaksHttp(type);
    if (!http) {
      requireNoHttp(type, "http_method", given.httpMethod().value() != null);
      requireNoHttp(type, "url_path", given.urlPath().value() != null);
      requireNoHttp(type, "expected_codes", given.expectedCodes().value() != null);
    }
    requireVersion(given.httpVersion().value(), given.domainName().value());
    return new HealthMonitor(
        id,
        Naming.labels(given.common(), Labels.NONE),
        Naming.adminStateUp(given.common(), true),
        type,
        delay,
        timeout,
        maxRetries,
        given.maxRetriesDown().over(STANDARD_RETRIES_DOWN, STANDARD_RETRIES_DOWN),
        http ? given.httpMethod().over(STANDARD_METHOD, STANDARD_METHOD) : null,
        http ? given.urlPath().over(STANDARD_PATH, STANDARD_PATH) : null,
        http ? given.expectedCodes().over(STANDARD_CODES, STANDARD_CODES) : null,
        given.httpVersion().value(),
        given.domainName().value(),
        Marks.created(terms.now()));
  }

  private static int mandatory(Patch<Integer> given, String option) {
    var value = given.value();
    if (value == null) {
      throw invalidOption("None", option);
    }
    return value;
  }

  private static boolean speaksHttp(MonitorType type) {
    return type == MonitorType.HTTP || type == MonitorType.HTTPS;
  }

  private static void requireNoHttp(MonitorType type, String option, boolean given) {
    if (given) {
      throw invalidOption(option, "health monitors of type " + type.wireName());
    }
  }

  private static void requireVersion(@Nullable Double version, @Nullable String domain) {
    if (domain == null) {
      return;
    }
    if (version == null) {
      throw invalid("'http_version' must be specified when 'domain_name' is provided.");
    }
    if (version < 1.1) {
      throw invalidOption(
          "http_version " + version, "health monitors HTTP 1.1 domain name health check");
    }
  }

  LoadBalancerTree update(
      LoadBalancerTree tree, Pool pool, HealthMonitor old, UpdateHealthMonitor change) {
    var given = change.attributes();
    boolean http = speaksHttp(old.type());
    if (!http) {
      requireNoHttp(old.type(), "http_method", given.httpMethod().given());
      requireNoHttp(old.type(), "url_path", given.urlPath().given());
      requireNoHttp(old.type(), "expected_codes", given.expectedCodes().given());
    }
    int delay = kept(given.delay(), old.delaySeconds(), "delay");
    int maxRetries = kept(given.maxRetries(), old.maxRetries(), "max_retries");
    int timeout = kept(given.timeout(), old.timeoutSeconds(), "timeout");
    var version = given.httpVersion().orNull(old.httpVersion());
    var domain = given.domainName().orNull(old.domainName());
    requireVersion(version, domain);
    requireDelay(old.type(), given);
    requireMutable(tree, pool);
    var next =
        new HealthMonitor(
            old.id(),
            Naming.labels(given.common(), old.labels()),
            Naming.adminStateUp(given.common(), old.adminStateUp()),
            old.type(),
            delay,
            timeout,
            maxRetries,
            given.maxRetriesDown().over(old.maxRetriesDown(), STANDARD_RETRIES_DOWN),
            ListenerTlsRules.withDefault(given.httpMethod(), old.httpMethod(), STANDARD_METHOD),
            ListenerTlsRules.withDefault(given.urlPath(), old.urlPath(), STANDARD_PATH),
            ListenerTlsRules.withDefault(
                given.expectedCodes(), old.expectedCodes(), STANDARD_CODES),
            version,
            domain,
            Marks.updated(old.lifecycle(), terms.now()));
    return Marks.along(tree, pool).mapPool(pool.id(), it -> it.withMonitor(next));
  }

  private static int kept(Patch<Integer> given, int current, String option) {
    return given.given() ? mandatory(given, option) : current;
  }

  LoadBalancerTree delete(LoadBalancerTree tree, Pool pool, HealthMonitor monitor) {
    requireMutable(tree, pool);
    return Marks.along(tree, pool)
        .mapPool(pool.id(), it -> it.withMonitor(monitor.with(Marks.deleted(monitor.lifecycle()))));
  }

  private static void requireMutable(LoadBalancerTree tree, Pool pool) {
    Marks.require(pool.lifecycle(), Kind.POOL, pool.id());
    Marks.requireMutable(tree);
  }
}
