package agrippa.provider.builtin;

import static agrippa.provider.builtin.Plans.compiled;
import static agrippa.provider.builtin.Plans.facts;
import static agrippa.provider.builtin.Trees.httpMonitor;
import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.monitor;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.rule;
import static agrippa.provider.builtin.Trees.toPool;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.L7Action;
import agrippa.model.L7Rule.CompareType;
import agrippa.model.L7Rule.Type;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.SessionPersistence;
import agrippa.proxy.plan.TlsServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanCompilerTest {
  @Test
  void anHttpListenerWithItsPool() {
    var tree =
        tree(
            List.of(listener("web", ListenerProtocol.HTTP, 80).to("servers").build()),
            List.of(
                pool("servers", PoolProtocol.HTTP)
                    .member("one", "10.10.10.167", 8080)
                    .member("two", "192.0.2.7", 8080, 3, false, true)
                    .build()));

    assertThat(compiled(tree, "web", "servers", "one", "two"))
        .isEqualTo(
            """
            plan lb
            frontend web http 127.10.10.150:80 limit 50000 timeouts 50000 5000 50000 0
              default servers
            upstream servers round robin
              one 127.10.10.167:8080 weight 1
              two 192.0.2.7:8080 weight 3
            """);
  }

  @Test
  void metricsOnEveryPath() {
    var tree =
        tree(
            List.of(
                listener("metrics", ListenerProtocol.PROMETHEUS, 9101)
                    .limit(3)
                    .timeouts(1, 2, 3, 4)
                    .allow("192.0.2.0/24")
                    .build()),
            List.of());

    assertThat(compiled(tree, "metrics"))
        .startsWith(
            """
            plan lb
            frontend metrics http 127.10.10.150:9101 limit 3 timeouts 1 2 3 4
              allow 192.0.2.0/24
            """)
        .contains(": report as text/plain; version=0.0.4\n  default none\n");
  }

  @Test
  void settingsOfAListener() {
    var tree =
        tree(
            List.of(
                listener("web", ListenerProtocol.HTTP, 80)
                    .limit(7)
                    .timeouts(0, 0, 0, 0)
                    .allow("10.1.0.0/16", "192.0.2.0/24")
                    .header("X-Forwarded-Port", "True")
                    .header("X-Forwarded-For", "true")
                    .header("X-Forwarded-Proto", "false")
                    .build(),
                listener("raw", ListenerProtocol.TCP, 81).timeouts(1, 2, 3, 4).build(),
                listener("through", ListenerProtocol.HTTPS, 443).limit(0).build()),
            List.of());

    assertThat(compiled(tree, "web", "raw", "through"))
        .isEqualTo(
            """
            plan lb
            frontend web http 127.10.10.150:80 limit 7 timeouts 50000 5000 50000 0
              allow 10.1.0.0/16, 127.1.0.0/16, 192.0.2.0/24
              insert X-Forwarded-For, X-Forwarded-Port
              default none
            frontend raw tcp 127.10.10.150:81 limit 50000 timeouts 1 2 3 4
              default none
            frontend through tcp 127.10.10.150:443 limit 50000 timeouts 50000 5000 50000 0
              default none
            """);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          100, false, false, max-age=100;
          100, true,  false, max-age=100; includeSubDomains;
          100, true,  true,  max-age=100; includeSubDomains; preload;
          0,   false, true,  max-age=0; preload;
          ,    false, false,
          """)
  void strictTransportSecurityAsOctaviaHasIt(
      Integer age, boolean subdomains, boolean preload, String value) {
    var tls =
        new ListenerTls(
            "https://secrets/1",
            List.of(),
            null,
            ClientAuthentication.NONE,
            null,
            null,
            null,
            null,
            age,
            subdomains,
            preload);
    var secure = listener("secure", ListenerProtocol.TERMINATED_HTTPS, 443).tls(tls).build();
    var material =
        new TlsServer(
            List.of(), "", List.of(), List.of(), TlsServer.ClientAuth.NONE, List.of(), List.of());
    var some = facts(Integer.MAX_VALUE);
    var facts =
        new Facts(
            null,
            some.listenAddresses(),
            some.reach(),
            some.arrivals(),
            Map.of(secure.id(), material),
            Map.of(),
            some.connectionLimit(),
            Map.of(),
            Observing.NOTHING);

    var plan = PlanCompiler.compile(tree(List.of(secure), List.of()), facts, Set.of());

    assertThat(plan.frontends().getFirst().strictTransport()).isEqualTo(value);
  }

  @Test
  void whatIsDisabledOrLeavingIsLeftOut() {
    var up = rule(Type.PATH, CompareType.EQUAL_TO, "/up");
    var off = rule(Type.PATH, CompareType.EQUAL_TO, null, "/off", false, false);
    var tree =
        tree(
            List.of(
                listener("off", ListenerProtocol.TCP, 1).to("servers").disabled().build(),
                listener("leaving", ListenerProtocol.TCP, 2).to("servers").leaving().build(),
                listener("web", ListenerProtocol.HTTP, 3)
                    .to("offpool")
                    .disabledPolicy("offpolicy", new L7Action.Reject(), up)
                    .policy("empty", new L7Action.Reject())
                    .policy("onlyoff", toPool("servers"), off)
                    .policy("tooff", toPool("offpool"), up)
                    .policy("good", new L7Action.Reject(), up, off)
                    .build()),
            List.of(
                pool("offpool", PoolProtocol.HTTP).disabled().member("x", "10.0.0.9", 1).build(),
                pool("unused", PoolProtocol.HTTP).member("y", "10.0.0.9", 1).build(),
                pool("servers", PoolProtocol.HTTP)
                    .member("rest", "10.0.0.1", 80, 0, true, false)
                    .leaving("gone", "10.0.0.2", 80)
                    .monitor(httpMonitor(MonitorType.HTTP, "GET", "/", "200", null, null, false))
                    .build()));

    assertThat(compiled(tree, "web", "good", "servers", "rest"))
        .isEqualTo(
            """
            plan lb
            frontend web http 127.10.10.150:3 limit 50000 timeouts 50000 5000 50000 0
              route good: reject
                if path equal to "/up"
              default none
            upstream servers round robin
              rest 127.0.0.1:80 weight 0 backup disabled
            """);
  }

  @Test
  void aDisabledLoadBalancerServesNothing() {
    var tree =
        new LoadBalancerTree(
            Trees.balancer(false),
            1,
            List.of(listener("web", ListenerProtocol.HTTP, 80).to("servers").build()),
            List.of(pool("servers", PoolProtocol.HTTP).build()));

    assertThat(compiled(tree)).isEqualTo("plan lb\n");
  }

  @Test
  void rejectsGoBeforeRedirectsAndRedirectsBeforePools() {
    var any = rule(Type.PATH, CompareType.STARTS_WITH, "/");
    var tree =
        tree(
            List.of(
                listener("web", ListenerProtocol.HTTP, 80)
                    .policy("pool1", toPool("servers"), any)
                    .policy("prefix", new L7Action.ToPrefix("https://b.example", 308), any)
                    .policy("reject1", new L7Action.Reject(), any)
                    .policy("url", new L7Action.ToUrl("https://a.example/x", 301), any)
                    .policy("reject2", new L7Action.Reject(), any)
                    .policy("pool2", toPool("servers"), any)
                    .build()),
            List.of(pool("servers", PoolProtocol.HTTP).build()));

    assertThat(
            compiled(
                    tree, "web", "servers", "pool1", "pool2", "prefix", "url", "reject1", "reject2")
                .replace("    if path starts with \"/\"\n", ""))
        .isEqualTo(
            """
            plan lb
            frontend web http 127.10.10.150:80 limit 50000 timeouts 50000 5000 50000 0
              route reject1: reject
              route reject2: reject
              route prefix: 308 https://b.example + path
              route url: 301 https://a.example/x
              route pool1: forward servers
              route pool2: forward servers
              default none
            upstream servers round robin
            """);
  }

  @Test
  void everyKindOfRule() {
    var tree =
        tree(
            List.of(
                listener("web", ListenerProtocol.HTTP, 80)
                    .policy(
                        "all",
                        new L7Action.Reject(),
                        rule(Type.HOST_NAME, CompareType.EQUAL_TO, "a.example"),
                        rule(Type.PATH, CompareType.REGEX, "^/[a-z]+"),
                        rule(Type.FILE_TYPE, CompareType.EQUAL_TO, "jpg"),
                        rule(Type.HEADER, CompareType.CONTAINS, "X-Kind", "b", true, true),
                        rule(Type.COOKIE, CompareType.ENDS_WITH, "session", "9", false, true),
                        rule(Type.SSL_CONN_HAS_CERT, CompareType.EQUAL_TO, "True"),
                        rule(Type.SSL_VERIFY_RESULT, CompareType.EQUAL_TO, "007"),
                        rule(Type.SSL_DN_FIELD, CompareType.EQUAL_TO, "CN", "me", false, true))
                    .build()),
            List.of());

    assertThat(compiled(tree, "web", "all"))
        .contains(
            """
              route all: reject
                if host equal to "a.example"
                if path regex "^/[a-z]+"
                if file type equal to "jpg"
                if header X-Kind not contains "b"
                if cookie session ends with "9"
                if client certificate equal to "true"
                if client verify result equal to "7"
                if client name CN equal to "me"
            """);
  }

  @Test
  void settingsOfPools() {
    var tree =
        tree(
            List.of(
                listener("a", ListenerProtocol.HTTP, 1).to("cookie").build(),
                listener("b", ListenerProtocol.HTTP, 2).to("app").build(),
                listener("c", ListenerProtocol.TCP, 3).to("source").build(),
                listener("d", ListenerProtocol.TCP, 4).to("flow").build()),
            List.of(
                pool("cookie", PoolProtocol.HTTP)
                    .persistence(new SessionPersistence.HttpCookie())
                    .build(),
                pool("app", PoolProtocol.PROXY)
                    .algorithm(Pool.Algorithm.LEAST_CONNECTIONS)
                    .persistence(new SessionPersistence.AppCookie("JSESSIONID"))
                    .build(),
                pool("source", PoolProtocol.PROXYV2)
                    .algorithm(Pool.Algorithm.SOURCE_IP)
                    .persistence(new SessionPersistence.SourceIp(null, null))
                    .build(),
                pool("flow", PoolProtocol.TCP).algorithm(Pool.Algorithm.SOURCE_IP_PORT).build()));

    assertThat(compiled(tree, "a", "b", "c", "d", "cookie", "app", "source", "flow"))
        .endsWith(
            """
            upstream cookie round robin, kept by own SRV
            upstream app least connections, kept by learnt JSESSIONID, proxy v1
            upstream source source ip, kept by address, proxy v2
            upstream flow source ip port
            """);
  }

  @Test
  void datagrams() {
    var tree =
        tree(
            List.of(
                listener("dns", ListenerProtocol.UDP, 53).to("names").build(),
                listener("tcp", ListenerProtocol.TCP, 53).build(),
                listener("log", ListenerProtocol.UDP, 514).to("logs").build()),
            List.of(
                pool("names", PoolProtocol.UDP)
                    .persistence(new SessionPersistence.SourceIp(null, null))
                    .watched("one", "10.0.0.7", 53, "10.0.0.8", 54)
                    .monitor(monitor(MonitorType.UDP_CONNECT))
                    .build(),
                pool("logs", PoolProtocol.UDP)
                    .algorithm(Pool.Algorithm.SOURCE_IP)
                    .persistence(new SessionPersistence.SourceIp(5, "255.255.255.0"))
                    .build()));

    assertThat(compiled(tree, "dns", "tcp", "log", "names", "logs", "one"))
        .isEqualTo(
            """
            plan lb
            frontend dns udp 127.10.10.150:53 limit 50000 timeouts 50000 5000 50000 0
              default names
            frontend tcp tcp 127.10.10.150:53 limit 50000 timeouts 50000 5000 50000 0
              default none
            frontend log udp 127.10.10.150:514 limit 50000 timeouts 50000 5000 50000 0
              default logs
            upstream names round robin, kept by address for 360s
              one 127.0.0.7:53 weight 1 checked at 127.0.0.8:54
              check datagram every 5s within 3s, rise 2 fall 4
            upstream logs source ip, kept by address for 5s in 255.255.255.0
            """);
  }

  @Test
  void aPoolOfManyListenersIsOneUpstream() {
    var tree =
        tree(
            List.of(
                listener("a", ListenerProtocol.HTTP, 1).to("servers").build(),
                listener("b", ListenerProtocol.TCP, 2).to("servers").build()),
            List.of(
                pool("servers", PoolProtocol.HTTP)
                    .watched("one", "10.0.0.7", 80, "10.0.0.8", 81)
                    .monitor(monitor(MonitorType.TCP))
                    .build()));

    assertThat(compiled(tree, "a", "b", "servers", "one"))
        .isEqualTo(
            """
            plan lb
            frontend a http 127.10.10.150:1 limit 50000 timeouts 50000 5000 50000 0
              default servers
            frontend b tcp 127.10.10.150:2 limit 50000 timeouts 50000 5000 50000 0
              default servers
            upstream servers round robin
              one 127.0.0.7:80 weight 1 checked at 127.0.0.8:81
              check connect every 5s within 3s, rise 2 fall 4
            """);
  }

  @Test
  void everyKindOfMonitor() {
    assertThat(check(httpMonitor(MonitorType.HTTP, "GET", "/", "200", null, null, true)))
        .isEqualTo("http GET / HTTP/1.0 host none expecting 200-200");
    assertThat(check(httpMonitor(MonitorType.HTTPS, "HEAD", "/up", "200, 202", 1.0, null, true)))
        .isEqualTo("https HEAD /up HTTP/1.0 host none expecting 200-200, 202-202");
    assertThat(check(httpMonitor(MonitorType.HTTP, "GET", "/", "200-204", 1.1, "a.example", true)))
        .isEqualTo("http GET / HTTP/1.1 host a.example expecting 200-204");
    assertThat(check(monitor(MonitorType.TLS_HELLO))).isEqualTo("tls hello");
    assertThat(check(monitor(MonitorType.PING))).isEqualTo("ping");
    assertThat(check(monitor(MonitorType.TCP))).isEqualTo("connect");
  }

  private static String check(agrippa.model.HealthMonitor monitor) {
    var tree =
        tree(
            List.of(listener("web", ListenerProtocol.HTTP, 80).to("servers").build()),
            List.of(pool("servers", PoolProtocol.HTTP).monitor(monitor).build()));
    return compiled(tree, "web", "servers").replaceAll("(?s).*  check (.*) every .*", "$1");
  }

  @Test
  void aListenerWithoutItsCertificatesLeavesTheOthersAlone() {
    var tree =
        tree(
            List.of(
                listener("secret", ListenerProtocol.TERMINATED_HTTPS, 443).to("servers").build(),
                listener("web", ListenerProtocol.HTTP, 80).build()),
            List.of(pool("servers", PoolProtocol.HTTP).build()));
    var plan =
        PlanCompiler.compile(
            tree, facts(Integer.MAX_VALUE), Set.of(new ListenerId(Trees.uuid("secret"))));

    assertThat(PlanText.of(plan, "web"))
        .isEqualTo(
            """
            plan lb
            frontend web http 127.10.10.150:80 limit 50000 timeouts 50000 5000 50000 0
              default none
            """);
  }
}
