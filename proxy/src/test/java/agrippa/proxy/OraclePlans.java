package agrippa.proxy;

import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static agrippa.proxy.Fixture.sticky;
import static agrippa.proxy.Fixture.timed;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Route.Action;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The configurations that the oracle is asked about.
///
/// @param plan of one frontend
/// @param heard what its endpoints were asked
record OraclePlans(ProxyPlan plan, List<String> heard) {

  /// All of them, with endpoints of their own.
  static List<OraclePlans> all(Fixture fixture) throws IOException {
    List<OraclePlans> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<String> heard = OracleMember.log();
      List<Endpoint> members = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        members.add(endpoint(fixture.add(OracleMember.named(name, heard))));
      }
      all.add(new OraclePlans(kind.plan(members.get(0), members.get(1), members.get(2)), heard));
    }
    return all;
  }

  private enum Kind {
    PLAIN,
    INSERTING,
    RULES,
    INVERTED,
    ACTIONS,
    TURNS,
    WEIGHTS,
    ZERO,
    ONLY_ZERO,
    DISABLED,
    BACKUP,
    BACKUPS,
    SOURCE,
    COOKIE,
    LEARNT,
    STUCK,
    PROXY1,
    PROXY2,
    NOBODY,
    NOWHERE,
    SECURE,
    IMPATIENT,
    RAW,
    RAW_PROXY1,
    RAW_NOWHERE;

    private ProxyPlan plan(Endpoint a, Endpoint b, Endpoint c) {
      return switch (this) {
        case PLAIN -> of(frontend(), pool(a));
        case INSERTING ->
            of(
                inserting(
                    frontend(),
                    HeaderInsert.X_FORWARDED_FOR,
                    HeaderInsert.X_FORWARDED_PORT,
                    HeaderInsert.X_FORWARDED_PROTO),
                pool(a));
        case RULES -> of(routed(frontend(), rules(false)), pool(a), pool("other", b));
        case INVERTED -> of(routed(frontend(), rules(true)), pool(a), pool("other", b));
        case ACTIONS -> of(routed(frontend(), actions()), pool(a), pool("other", b));
        case TURNS -> of(frontend(), pool(a, b, c));
        case WEIGHTS -> of(frontend(), pool(heavy(a, 3), b));
        case ZERO -> of(frontend(), pool(a, heavy(b, 0), c));
        case ONLY_ZERO -> of(frontend(), pool(heavy(a, 0)));
        case DISABLED -> of(frontend(), pool(off(a), b));
        case BACKUP -> of(frontend(), pool(a, spare(b), spare(c)));
        case BACKUPS -> of(frontend(), pool(off(a), spare(b), spare(c)));
        case SOURCE -> of(frontend(), by(Algorithm.SOURCE_IP, pool(a)));
        case COOKIE -> of(frontend(), sticky(new Persistence.InsertedCookie("SRV"), pool(a, b, c)));
        case LEARNT ->
            of(frontend(), sticky(new Persistence.LearntCookie("JSESSIONID"), pool(a, b, c)));
        case STUCK -> of(frontend(), sticky(new Persistence.SourceIp(), pool(a, b, c)));
        case PROXY1 -> of(frontend(), told(ProxyProtocol.V1, pool(a)));
        case PROXY2 -> of(frontend(), told(ProxyProtocol.V2, pool(a)));
        case NOBODY -> of(frontend(), pool(off(a)));
        case NOWHERE -> of(nowhere(frontend()), pool(a));
        case SECURE -> of(secure(frontend()), pool(a));
        case IMPATIENT -> of(timed(frontend(), new Timeouts(600, 600, 1_500, 0)), pool(a));
        case RAW -> of(frontend("web", Mode.TCP), pool(a, b));
        case RAW_PROXY1 -> of(frontend("web", Mode.TCP), told(ProxyProtocol.V1, pool(a)));
        case RAW_NOWHERE -> of(nowhere(frontend("web", Mode.TCP)), pool(a));
      };
    }

    private ProxyPlan of(Frontend frontend, Upstream... upstreams) {
      return new ProxyPlan(name(), List.of(frontend), List.of(upstreams));
    }
  }

  /// One route for each kind of subject and comparison: the path's start, a digit and a letter,
  /// chooses it where the subject leaves room for that.
  private static Route[] rules(boolean invert) {
    List<Route> routes = new ArrayList<>();
    Subject host = new Subject.Host();
    Subject field = new Subject.Header("X-Kind");
    Subject cookie = new Subject.Cookie("kind");
    for (Comparison how : Comparison.values()) {
      String value = how == Comparison.REGEX ? "^Val[u]e\\.x$" : "Value.x";
      routes.add(route("/h" + how.ordinal(), new Match(host, how, value, invert)));
      routes.add(route("/f" + how.ordinal(), new Match(field, how, value, invert)));
      routes.add(route("/c" + how.ordinal(), new Match(cookie, how, value, invert)));
      String path = how == Comparison.REGEX ? "^/p0/[ab]+$" : "/p" + how.ordinal() + "/ab";
      routes.add(route("/p" + how.ordinal(), new Match(new Subject.Path(), how, path, invert)));
    }
    Match type = new Match(new Subject.FileType(), Comparison.EQUAL_TO, "jpg", invert);
    Match types = new Match(new Subject.FileType(), Comparison.REGEX, "\\.(gif|png)$", invert);
    routes.add(route("/t1", type));
    routes.add(route("/t2", types));
    Match blank = new Match(field, Comparison.EQUAL_TO, "two words\\x", invert);
    routes.add(route("/b", blank));
    routes.add(route("/2", blank, new Match(host, Comparison.CONTAINS, "both", invert)));
    return routes.toArray(Route[]::new);
  }

  private static Route route(String start, Match... matches) {
    List<Match> all = new ArrayList<>();
    all.add(new Match(new Subject.Path(), Comparison.STARTS_WITH, start, false));
    all.addAll(List.of(matches));
    return new Route(start, all, new Action.Forward("other"));
  }

  private static Route[] actions() {
    List<Route> routes = new ArrayList<>();
    routes.add(at("/deny", new Action.Reject()));
    for (int code : List.of(301, 302, 303, 307, 308)) {
      routes.add(at("/to" + code, new Action.Redirect("http://new.test/x?y=1", code)));
      routes.add(at("/prefix" + code, new Action.RedirectPrefix("https://new.test/p", code)));
    }
    routes.add(at("/other", new Action.Forward("other")));
    return routes.toArray(Route[]::new);
  }

  private static Route at(String start, Action action) {
    Match match = new Match(new Subject.Path(), Comparison.STARTS_WITH, start, false);
    return new Route(start, List.of(match), action);
  }

  private static Endpoint heavy(Endpoint e, int weight) {
    return new Endpoint(e.name(), e.address(), weight, e.backup(), e.enabled(), e.checkAddress());
  }

  private static Endpoint off(Endpoint e) {
    return new Endpoint(e.name(), e.address(), e.weight(), e.backup(), false, e.checkAddress());
  }

  private static Endpoint spare(Endpoint e) {
    return new Endpoint(e.name(), e.address(), e.weight(), true, e.enabled(), e.checkAddress());
  }

  private static Upstream told(ProxyProtocol protocol, Upstream u) {
    return new Upstream(
        u.name(), u.algorithm(), u.persistence(), u.endpoints(), u.check(), u.tls(), protocol);
  }

  private static Frontend nowhere(Frontend f) {
    return FrontendDraft.of(f, it -> it.defaultUpstream = null);
  }

  private static Frontend secure(Frontend f) {
    return FrontendDraft.of(f, it -> it.strictTransport = "max-age=63072000; includeSubDomains;");
  }
}
