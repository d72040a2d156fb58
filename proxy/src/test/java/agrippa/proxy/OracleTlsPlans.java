package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Route.Action;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;

/// Configurations with TLS, and what the oracle is asked about each.
final class OracleTlsPlans {
  private static final String CIPHERS =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
  private static final String SEVERAL = "O=Aqua,OU=a,OU=b,CN=first,CN=second";
  private static final List<String> RULED =
      List.of("nothing", "C=IT,O=Aqua Virgo,OU=Springs,CN=client", SEVERAL, "O=without");
  private static final String LONG_NAME = "x".repeat(64);

  /// @param heard what the endpoints of the plan were asked
  record Chapter(ProxyPlan plan, List<String> heard, List<OracleTlsAsked> asked) {}

  final List<Chapter> chapters = new ArrayList<>();
  private final Fixture fixture;
  private final OracleAuthority authority = new OracleAuthority("CN=Authority,O=Aqua,C=IT");
  // Of the same name: clients show what it issued to who asks for the other's.
  private final OracleAuthority stranger = new OracleAuthority("CN=Authority,O=Aqua,C=IT");
  private final Certificate one = authority.server("one.test", "one.test");
  private final Map<String, Certificate> clients = new LinkedHashMap<>();
  private final TlsServer plain = server(List.of(one), CIPHERS, VERSIONS, List.of());

  OracleTlsPlans(Fixture fixture) throws Exception {
    this.fixture = fixture;
    clients.put("nothing", null);
    for (String name :
        List.of(
            "CN=client",
            "C=IT,O=Aqua Virgo,OU=Springs,CN=client",
            SEVERAL,
            "O=without",
            "CN=joined+OU=both,O=Aqua",
            "CN=J\u00fcrgen \u6c34,O=Aqua",
            "CN=a \\\"quote\\\"\\, a comma,O=s/l=a\\\\sh",
            "CN=client,E=a@b.test,DC=test,ST=Lazio,L=Roma,SERIALNUMBER=7,T=Dr",
            "CN=" + LONG_NAME + ",OU=" + LONG_NAME + ",O=" + LONG_NAME + ",L=" + LONG_NAME)) {
      clients.put(name, authority.client(new X500Name(name)));
    }
    clients.put("a stranger's", stranger.client(new X500Name("CN=client")));
    clients.put("an expired one", authority.expired(new X500Name("CN=client")));
    clients.put("a revoked one", authority.client(new X500Name("CN=revoked")));
    settings();
    clientCertificates();
    rules();
    answers();
    members();
  }

  private static TlsServer server(
      List<Certificate> own, String ciphers, List<String> versions, List<String> alpn) {
    return new TlsServer(own, ciphers, versions, alpn, ClientAuth.NONE, List.of(), List.of());
  }

  private TlsServer asking(ClientAuth how) throws Exception {
    return new TlsServer(
        List.of(one),
        CIPHERS,
        VERSIONS,
        List.of(),
        how,
        List.of(authority.certificate()),
        List.of(authority.revoking(clients.get("a revoked one"))));
  }

  private void add(String name, Frontend frontend, List<OracleTlsAsked> asked) throws Exception {
    List<String> heard = OracleMember.log();
    Backend a = fixture.add(OracleMember.named("a", heard));
    Backend b = fixture.add(OracleMember.named("b", heard));
    add(name, frontend, heard, asked, pool(endpoint(a)), pool("other", endpoint(b)));
  }

  private void add(
      String name,
      Frontend frontend,
      List<String> heard,
      List<OracleTlsAsked> asked,
      Upstream... pools) {
    ProxyPlan plan = new ProxyPlan(name, List.of(frontend), List.of(pools));
    chapters.add(new Chapter(plan, heard, asked));
  }

  private void settings() throws Exception {
    List<Certificate> several =
        List.of(
            one,
            authority.server("wild", "*.wild.test"),
            authority.server("cn.test"),
            authority.server("two.test", "two.test", "also.test"));
    List<OracleTlsAsked> names = new ArrayList<>();
    names.add(OracleTlsAsked.get("no name", "/ok"));
    for (String name :
        List.of(
            "one.test",
            "two.test",
            "also.test",
            "TWO.Test",
            "cn.test",
            "a.wild.test",
            "a.b.wild.test",
            "wild.test",
            "A.WILD.test",
            "none.test",
            "wild")) {
      names.add(OracleTlsAsked.get(name, "/ok").named(name));
    }
    names.add(OracleTlsAsked.get("without TLS", "/ok").speaking());
    Frontend telling =
        inserting(
            frontend(),
            HeaderInsert.X_FORWARDED_FOR,
            HeaderInsert.X_FORWARDED_PORT,
            HeaderInsert.X_FORWARDED_PROTO);
    add("NAMES", encrypted(telling, server(several, CIPHERS, VERSIONS, List.of())), names);
    for (List<String> versions : List.of(List.of("TLSv1.2"), List.of("TLSv1.3"), VERSIONS)) {
      add(
          String.join("_", versions),
          encrypted(frontend(), server(List.of(one), CIPHERS, versions, List.of())),
          List.of(
              OracleTlsAsked.get("old", "/ok").speaking("TLSv1.2"),
              OracleTlsAsked.get("new", "/ok").speaking("TLSv1.3"),
              OracleTlsAsked.get("both", "/ok")));
    }
    for (String cipher : CIPHERS.split(":")) {
      add(
          cipher,
          encrypted(frontend(), server(List.of(one), cipher, VERSIONS, List.of())),
          List.of(OracleTlsAsked.get("old", "/ok").speaking("TLSv1.2")));
    }
    protocols();
  }

  private void protocols() throws Exception {
    for (List<String> alpn :
        List.of(
            List.<String>of(),
            List.of("h2", "http/1.1", "http/1.0"),
            List.of("http/1.1", "h2"),
            List.of("http/1.0"))) {
      List<OracleTlsAsked> asked = new ArrayList<>();
      asked.add(OracleTlsAsked.get("none", "/ok"));
      asked.add(OracleTlsAsked.get("unknown", "/ok").offering("unknown"));
      asked.add(OracleTlsAsked.get("http/1.1", "/ok").offering("http/1.1"));
      asked.add(OracleTlsAsked.get("http/1.0", "/ok").offering("http/1.0"));
      asked.add(
          OracleTlsAsked.get("old and new", "/ok").onlyShakingHands().offering("http/1.1", "h2"));
      asked.add(
          OracleTlsAsked.get("new and old", "/ok").onlyShakingHands().offering("h2", "http/1.1"));
      add(
          "ALPN_" + String.join("_", alpn).replace('/', '-'),
          encrypted(frontend(), server(List.of(one), CIPHERS, VERSIONS, alpn)),
          asked);
    }
  }

  private List<OracleTlsAsked> everybody(String path) {
    return asked(path, clients);
  }

  private static List<OracleTlsAsked> asked(String path, Map<String, Certificate> clients) {
    List<OracleTlsAsked> asked = new ArrayList<>();
    clients.forEach(
        (name, shown) -> {
          String title = name.length() < 100 ? name.replaceAll("[^ -~]", "?") : "long";
          asked.add(OracleTlsAsked.get(title + " at " + path, path).showing(shown));
        });
    return asked;
  }

  private void clientCertificates() throws Exception {
    for (ClientAuth how : ClientAuth.values()) {
      Frontend telling = inserting(frontend(), HeaderInsert.values());
      add(how.name(), encrypted(telling, asking(how)), everybody("/ok"));
    }
  }

  private void rules() throws Exception {
    List<Route> routes = new ArrayList<>();
    List<OracleTlsAsked> asked = new ArrayList<>();
    Comparison equal = Comparison.EQUAL_TO;
    routes.add(route("/has", new Match(new Subject.ClientCertificate(), equal, "True", false)));
    routes.add(route("/not", new Match(new Subject.ClientCertificate(), equal, "True", true)));
    routes.add(route("/v0", new Match(new Subject.ClientVerifyResult(), equal, "0", false)));
    routes.add(route("/v10", new Match(new Subject.ClientVerifyResult(), equal, "10", false)));
    for (String field : List.of("CN", "O", "OU", "STREET")) {
      for (Comparison how : Comparison.values()) {
        String value =
            how == Comparison.REGEX
                ? "^(client|Aq.*|b)$"
                : field.equals("O") ? "Aqua" : field.equals("OU") ? "b" : "client";
        String path = "/" + field + how.ordinal();
        routes.add(route(path, new Match(new Subject.ClientName(field), how, value, false)));
      }
    }
    Map<String, Certificate> some = new LinkedHashMap<>(clients);
    some.keySet().retainAll(RULED);
    routes.forEach(route -> asked.addAll(asked(route.name(), some)));
    Frontend choosing = routed(frontend(), routes.toArray(Route[]::new));
    add("RULES", encrypted(choosing, asking(ClientAuth.OPTIONAL)), asked);
  }

  private static Route route(String start, Match match) {
    return new Route(start, List.of(at(start), match), new Action.Forward("other"));
  }

  private static Match at(String start) {
    return new Match(new Subject.Path(), Comparison.STARTS_WITH, start, false);
  }

  private void answers() throws Exception {
    Route to = new Route("/to", List.of(at("/to")), new Action.Redirect("http://new.test/x", 302));
    Route prefix =
        new Route(
            "/prefix", List.of(at("/prefix")), new Action.RedirectPrefix("https://n.test/p", 301));
    Route deny = new Route("/deny", List.of(at("/deny")), new Action.Reject());
    List<OracleTlsAsked> asked = new ArrayList<>();
    for (String path : List.of("/ok", "/404", "/hsts", "/to", "/prefix/y?z=1", "/deny")) {
      asked.add(OracleTlsAsked.get(path, path));
    }
    for (String strict :
        List.of("max-age=10;", "max-age=10; includeSubDomains;", "max-age=10; preload;")) {
      Frontend answering = encrypted(routed(frontend(), deny, to, prefix), plain);
      add(
          "HSTS_" + strict.replaceAll("[^a-zA-Z0-9]", "_"),
          FrontendDraft.of(answering, it -> it.strictTransport = strict),
          asked);
      add(
          "HSTS_NOBODY_" + strict.replaceAll("[^a-zA-Z0-9]", "_"),
          FrontendDraft.of(
              answering,
              it -> {
                it.strictTransport = strict;
                it.defaultUpstream = null;
              }),
          asked);
    }
  }

  private void members() throws Exception {
    Certificate client = clients.get("CN=client");
    List<OracleAuthority> nobody = List.of();
    List<OracleAuthority> known = List.of(authority);
    member("MEMBER_any", one, tls(client, nobody, List.of(), List.of()));
    member("MEMBER_shown_nothing", one, tls(null, nobody, List.of(), List.of()));
    member("MEMBER_alpn", one, tls(null, nobody, List.of(), List.of("http/1.1")));
    member("MEMBER_known", one, tls(client, known, List.of(), List.of()));
    member("MEMBER_strange", stranger.server("one.test"), tls(null, known, List.of(), List.of()));
    member("MEMBER_revoked", one, tls(null, known, List.of(one), List.of()));
    member("MEMBER_not_revoked", one, tls(null, known, List.of(client), List.of()));
    for (ProxyProtocol how : List.of(ProxyProtocol.V1, ProxyProtocol.V2)) {
      List<String> heard = OracleMember.log();
      Upstream u = pool(endpoint(fixture.add(OracleMember.named("a", heard))));
      Upstream told =
          new Upstream(
              u.name(), u.algorithm(), u.persistence(), u.endpoints(), u.check(), u.tls(), how);
      add(
          "PROXY_" + how,
          encrypted(frontend(), asking(ClientAuth.OPTIONAL)),
          heard,
          everybody("/ok"),
          told);
    }
  }

  private TlsClient tls(
      Certificate shown,
      List<OracleAuthority> trusted,
      List<Certificate> revoked,
      List<String> alpn)
      throws Exception {
    return new TlsClient(
        shown,
        trusted.stream().map(OracleAuthority::certificate).toList(),
        revoked.isEmpty()
            ? List.of()
            : List.of(authority.revoking(revoked.toArray(Certificate[]::new))),
        CIPHERS,
        VERSIONS,
        alpn);
  }

  private void member(String name, Certificate own, TlsClient tls) throws Exception {
    List<String> heard = OracleMember.log();
    Backend secret = fixture.add(OracleTlsMember.of("tls", own, heard));
    add(
        name,
        encrypted(frontend(), plain),
        heard,
        List.of(
            OracleTlsAsked.get("no name", "/end-said"),
            OracleTlsAsked.get("its name", "/end-said").named("one.test"),
            OracleTlsAsked.get("another name", "/end-said").named("other.test")),
        encrypted(pool(endpoint(secret)), tls));
  }
}
