package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The well-known use of a load balancer, with nothing but the unmodified `openstack` command;
/// curl and `openssl s_client` are the visitors.
class CommandLineTest {
  @TempDir private Path folder;

  @BeforeAll
  static void clients() throws Exception {
    Debian.needOpenStackClient();
    Debian.need(Map.of("/usr/bin/curl", "curl", "/usr/bin/openssl", "openssl"));
  }

  @Test
  void drivesEverything() throws Exception {
    try (Program program = Program.start(folder.resolve("state"))) {
      OpenStack openstack = new OpenStack(program);
      String vip = network(openstack);
      String mirrored = mirror(vip);
      int http = FreePorts.next();
      int https = FreePorts.next();
      try (Backend one = Backend.start("one", "127.10.10.167", 0);
          Backend two = Backend.start("two", "127.10.10.168", 0)) {
        listenerPoolAndMembers(openstack, http, one.port(), two.port());
        balances("http://" + mirrored + ":" + http + "/");
        insertsHeaders("http://" + mirrored + ":" + http + "/");
        healthMonitor(openstack);
        routes(openstack, "http://" + mirrored + ":" + http, two.port());
        persists(openstack, "http://" + mirrored + ":" + http + "/");
        statusAndStatistics(openstack);
        terminatesTls(openstack, mirrored, https);
        floatingIp(openstack, http);
        unsetsAndDeletes(openstack);
        deletesAll(openstack);
      }
      assertThat(program.stop()).isIn(0, 143);
    }
  }

  private static String network(OpenStack openstack) throws Exception {
    assertThat(openstack.json("network", "create", "mynetwork").path("status").asString())
        .isEqualTo("ACTIVE");
    JsonNode subnet =
        openstack.json(
            "subnet",
            "create",
            "mysubnet",
            "--network",
            "mynetwork",
            "--dhcp",
            "--subnet-range",
            "10.10.10.0/24",
            "--dns-nameserver",
            "8.8.8.8",
            "--allocation-pool",
            "start=10.10.10.100,end=10.10.10.150");
    assertThat(subnet.path("cidr").asString()).isEqualTo("10.10.10.0/24");
    assertThat(subnet.path("gateway_ip").asString()).isEqualTo("10.10.10.1");
    assertThat(names(openstack.json("network", "list"))).contains("mynetwork", "public");
    assertThat(names(openstack.json("subnet", "list"))).contains("mysubnet");
    assertThat(openstack.json("subnet", "show", "mysubnet").path("id").asString())
        .isEqualTo(subnet.path("id").asString());
    openstack.run("network", "show", "mynetwork");
    openstack.run("security", "group", "create", "web");
    JsonNode rule =
        openstack.json(
            "security",
            "group",
            "rule",
            "create",
            "--ingress",
            "--protocol",
            "tcp",
            "--dst-port",
            "80",
            "--ethertype",
            "IPv4",
            "web");
    assertThat(rule.path("port_range_min").asInt()).isEqualTo(80);

    JsonNode balancer =
        openstack.json(
            "loadbalancer", "create", "--name", "lb1", "--vip-subnet-id", "mysubnet", "--wait");
    assertThat(balancer.path("provisioning_status").asString()).isEqualTo("ACTIVE");
    assertThat(balancer.path("vip_subnet_id").asString()).isEqualTo(subnet.path("id").asString());
    openstack.run("loadbalancer", "set", "--name", "lb", "--tag", "blue", "lb1");
    JsonNode shown = openstack.json("loadbalancer", "show", "lb");
    assertThat(shown.path("tags").asString()).isEqualTo("blue");
    assertThat(names(openstack.json("loadbalancer", "list"))).containsExactly("lb");
    return shown.path("vip_address").asString();
  }

  private static void listenerPoolAndMembers(OpenStack openstack, int port, int one, int two)
      throws Exception {
    JsonNode listener =
        openstack.json(
            "loadbalancer",
            "listener",
            "create",
            "--name",
            "http",
            "--protocol",
            "HTTP",
            "--protocol-port",
            Integer.toString(port),
            "--connection-limit",
            "1000",
            "--insert-headers",
            "X-Forwarded-For=true,X-Forwarded-Port=true",
            "--wait",
            "lb");
    assertThat(listener.path("connection_limit").asInt()).isEqualTo(1000);
    JsonNode pool =
        openstack.json(
            "loadbalancer",
            "pool",
            "create",
            "--name",
            "web",
            "--listener",
            "http",
            "--protocol",
            "HTTP",
            "--lb-algorithm",
            "ROUND_ROBIN",
            "--wait");
    assertThat(pool.path("listeners").asString()).isEqualTo(listener.path("id").asString());
    member(openstack, "one", "10.10.10.167", one, "web");
    member(openstack, "two", "10.10.10.168", two, "web");
    JsonNode members = openstack.json("loadbalancer", "member", "list", "web");
    assertThat(names(members)).containsExactly("one", "two");
    assertThat(members.path(0).path("operating_status").asString()).isEqualTo("NO_MONITOR");
    openstack.run("loadbalancer", "member", "set", "--weight", "1", "web", "one");
    openstack.run("loadbalancer", "member", "show", "web", "one");
    openstack.run("loadbalancer", "listener", "show", "http");
    openstack.run("loadbalancer", "listener", "set", "--timeout-client-data", "40000", "http");
    assertThat(names(openstack.json("loadbalancer", "listener", "list"))).containsExactly("http");
    assertThat(names(openstack.json("loadbalancer", "pool", "list"))).containsExactly("web");
  }

  private static void member(
      OpenStack openstack, String name, String address, int port, String pool) throws Exception {
    JsonNode member =
        openstack.json(
            "loadbalancer",
            "member",
            "create",
            "--name",
            name,
            "--address",
            address,
            "--protocol-port",
            Integer.toString(port),
            "--subnet-id",
            "mysubnet",
            "--wait",
            pool);
    assertThat(member.path("address").asString()).isEqualTo(address);
    assertThat(member.path("protocol_port").asInt()).isEqualTo(port);
  }

  private static void balances(String url) throws Exception {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(backend(curl(url)));
    }
    assertThat(answers.stream().filter("one"::equals)).hasSize(5);
    assertThat(answers.stream().filter("two"::equals)).hasSize(5);
  }

  private static void insertsHeaders(String url) throws Exception {
    String port = url.substring(url.lastIndexOf(':') + 1, url.length() - 1);
    assertThat(curl(url)).contains("X-forwarded-for: 127.0.0.1", "X-forwarded-port: " + port);
  }

  private static void healthMonitor(OpenStack openstack) throws Exception {
    JsonNode monitor =
        openstack.json(
            "loadbalancer",
            "healthmonitor",
            "create",
            "--name",
            "hm",
            "--delay",
            "1",
            "--timeout",
            "1",
            "--max-retries",
            "1",
            "--type",
            "HTTP",
            "--url-path",
            "/",
            "--wait",
            "web");
    assertThat(monitor.path("expected_codes").asString()).isEqualTo("200");
    openstack.run("loadbalancer", "healthmonitor", "set", "--max-retries-down", "2", "hm");
    assertThat(
            openstack
                .json("loadbalancer", "healthmonitor", "show", "hm")
                .path("max_retries_down")
                .asInt())
        .isEqualTo(2);
    openstack.run("loadbalancer", "healthmonitor", "unset", "--expected-codes", "hm");
    assertThat(names(openstack.json("loadbalancer", "healthmonitor", "list")))
        .containsExactly("hm");
  }

  private static void routes(OpenStack openstack, String base, int port) throws Exception {
    openstack.run(
        "loadbalancer",
        "pool",
        "create",
        "--name",
        "api",
        "--loadbalancer",
        "lb",
        "--protocol",
        "HTTP",
        "--lb-algorithm",
        "LEAST_CONNECTIONS",
        "--wait");
    member(openstack, "api-1", "10.10.10.168", port, "api");
    openstack.run(
        "loadbalancer",
        "l7policy",
        "create",
        "--name",
        "to-api",
        "--action",
        "REDIRECT_TO_POOL",
        "--redirect-pool",
        "api",
        "--wait",
        "http");
    openstack.run(
        "loadbalancer",
        "l7rule",
        "create",
        "--type",
        "PATH",
        "--compare-type",
        "STARTS_WITH",
        "--value",
        "/api",
        "to-api");
    // This client's own --wait asks for the rule with rule and policy swapped.
    openstack.run(
        "loadbalancer",
        "l7policy",
        "create",
        "--name",
        "deny",
        "--action",
        "REJECT",
        "--wait",
        "http");
    openstack.run(
        "loadbalancer",
        "l7rule",
        "create",
        "--type",
        "HEADER",
        "--key",
        "X-Bad",
        "--compare-type",
        "EQUAL_TO",
        "--value",
        "yes",
        "deny");
    for (int i = 0; i < 4; i++) {
      assertThat(backend(curl(base + "/api/x"))).isEqualTo("two");
    }
    assertThat(curl("-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Bad: yes", base + "/"))
        .isEqualTo("403");
    openstack.run(
        "loadbalancer",
        "l7policy",
        "set",
        "--action",
        "REDIRECT_TO_URL",
        "--redirect-url",
        "https://www.example.com/",
        "deny");
    assertThat(
            curl("-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "-H", "X-Bad: yes", base))
        .isEqualTo("302 https://www.example.com/");
    assertThat(names(openstack.json("loadbalancer", "l7policy", "list")))
        .containsExactlyInAnyOrder("to-api", "deny");
    JsonNode rules = openstack.json("loadbalancer", "l7rule", "list", "deny");
    String rule = rules.path(0).path("id").asString();
    openstack.run("loadbalancer", "l7rule", "show", "deny", rule);
    openstack.run("loadbalancer", "l7rule", "set", "--value", "no", "deny", rule);
    openstack.run("loadbalancer", "l7policy", "show", "deny");
  }

  private static void persists(OpenStack openstack, String url) throws Exception {
    openstack.run(
        "loadbalancer",
        "pool",
        "set",
        "--session-persistence",
        "type=HTTP_COOKIE",
        "--wait",
        "web");
    String first = curl("-i", url);
    String cookie =
        first
            .lines()
            .filter(it -> it.toLowerCase(Locale.ROOT).startsWith("set-cookie: srv="))
            .map(it -> it.substring("set-cookie: ".length()).replaceAll(";.*", ""))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no cookie in " + first));
    String chosen =
        first.lines().filter(it -> it.equals("one") || it.equals("two")).findFirst().get();
    for (int i = 0; i < 6; i++) {
      assertThat(backend(curl("-H", "Cookie: " + cookie, url))).isEqualTo(chosen);
    }
    openstack.run("loadbalancer", "pool", "unset", "--session-persistence", "--wait", "web");
    assertThat(curl("-i", url).toLowerCase(Locale.ROOT)).doesNotContain("set-cookie");
    openstack.run("loadbalancer", "pool", "show", "web");
  }

  private static void statusAndStatistics(OpenStack openstack) throws Exception {
    Program.Result tree = openstack.raw("loadbalancer", "status", "show", "lb");
    assertThat(tree.output()).contains("\"provisioning_status\": \"ACTIVE\"", "\"name\": \"web\"");
    JsonNode statistics = openstack.json("loadbalancer", "stats", "show", "lb");
    assertThat(statistics.path("total_connections").asLong()).isPositive();
    assertThat(statistics.path("bytes_in").asLong()).isPositive();
    assertThat(statistics.path("bytes_out").asLong()).isPositive();
    openstack.run("loadbalancer", "listener", "stats", "show", "http");
  }

  private void terminatesTls(OpenStack openstack, String vip, int port) throws Exception {
    String www = secret(openstack, "www.example.com");
    String shop = secret(openstack, "shop.example.com");
    openstack.run(
        "loadbalancer",
        "listener",
        "create",
        "--name",
        "https",
        "--protocol",
        "TERMINATED_HTTPS",
        "--protocol-port",
        Integer.toString(port),
        "--default-tls-container-ref",
        www,
        "--sni-container-refs",
        www,
        shop,
        "--default-pool",
        "web",
        "--wait",
        "lb");
    for (String name : List.of("www.example.com", "shop.example.com")) {
      String answer =
          curl(
              "--cacert",
              folder.resolve(name + ".pem").toString(),
              "--resolve",
              name + ":" + port + ":" + vip,
              "https://" + name + ":" + port + "/");
      assertThat(backend(answer)).isIn("one", "two");
      Program.Result handshake =
          Program.run(
              Map.of(),
              List.of("openssl", "s_client", "-connect", vip + ":" + port, "-servername", name));
      assertThat(handshake.output()).containsPattern("subject=CN ?= ?" + name);
    }
  }

  private String secret(OpenStack openstack, String name) throws Exception {
    Path key = folder.resolve(name + ".key");
    Path pem = folder.resolve(name + ".pem");
    Path bundle = folder.resolve(name + ".p12");
    command(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        key.toString(),
        "-out",
        pem.toString(),
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=DNS:" + name);
    command(
        "openssl",
        "pkcs12",
        "-export",
        "-inkey",
        key.toString(),
        "-in",
        pem.toString(),
        "-passout",
        "pass:",
        "-out",
        bundle.toString());
    return openstack
        .json(
            "secret",
            "store",
            "--name",
            name,
            "-t",
            "application/octet-stream",
            "-e",
            "base64",
            "--payload",
            Base64.getEncoder().encodeToString(Files.readAllBytes(bundle)))
        .path("Secret href")
        .asString();
  }

  private static void floatingIp(OpenStack openstack, int port) throws Exception {
    String address =
        openstack.json("floating", "ip", "create", "public").path("floating_ip_address").asString();
    String vipPort = openstack.json("loadbalancer", "show", "lb").path("vip_port_id").asString();
    openstack.run("floating", "ip", "set", "--port", vipPort, address);
    String url = "http://" + mirror(address) + ":" + port + "/";
    assertThat(backend(curl("--retry", "5", "--retry-connrefused", url))).isIn("one", "two");
  }

  private static void unsetsAndDeletes(OpenStack openstack) throws Exception {
    openstack.run("loadbalancer", "listener", "unset", "--insert-headers", "--wait", "http");
    openstack.run("loadbalancer", "member", "delete", "--wait", "api", "api-1");
    openstack.run("loadbalancer", "l7policy", "delete", "--wait", "to-api");
    openstack.run("loadbalancer", "pool", "delete", "--wait", "api");
    openstack.run("loadbalancer", "healthmonitor", "delete", "--wait", "hm");
    String rule =
        openstack.json("loadbalancer", "l7rule", "list", "deny").path(0).path("id").asString();
    openstack.run("loadbalancer", "l7rule", "delete", "--wait", "deny", rule);
    openstack.run("loadbalancer", "listener", "delete", "--wait", "https");
    openstack.run("loadbalancer", "unset", "--name", "lb");
    assertThat(openstack.json("loadbalancer", "list").path(0).path("name").asString()).isEmpty();
  }

  private static void deletesAll(OpenStack openstack) throws Exception {
    String id = openstack.json("loadbalancer", "list").path(0).path("id").asString();
    openstack.run("loadbalancer", "delete", "--cascade", "--wait", id);
    assertThat(openstack.json("loadbalancer", "list")).isEmpty();
    assertThat(openstack.json("loadbalancer", "pool", "list")).isEmpty();
    openstack.run("subnet", "delete", "mysubnet");
    openstack.run("network", "delete", "mynetwork");
  }

  private static String mirror(String address) {
    return "127" + address.substring(address.indexOf('.'));
  }

  private static TreeSet<String> names(JsonNode list) {
    TreeSet<String> names = new TreeSet<>();
    list.forEach(it -> names.add((it.has("Name") ? it.path("Name") : it.path("name")).asString()));
    return names;
  }

  private static String backend(String answer) {
    return answer.lines().findFirst().orElse("");
  }

  private static String curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "10"));
    command.addAll(List.of(arguments));
    return command(command.toArray(String[]::new));
  }

  private static String command(String... command) throws Exception {
    Program.Result result = Program.run(Map.of(), List.of(command));
    assertThat(result.status()).as("%s %s", List.of(command), result.errors()).isZero();
    return result.output();
  }
}
