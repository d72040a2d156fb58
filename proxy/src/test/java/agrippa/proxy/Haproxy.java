package agrippa.proxy;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Persistence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A HAProxy that does what plans say, configured as Octavia's template would configure it.
final class Haproxy implements AutoCloseable {
  private static final String START =
      """
      global
          maxconn 2000
          nbthread 1
      defaults
          retries 3
          option redispatch
          option splice-request
          option splice-response
          option http-keep-alive
      """;

  // Bound but not listening: they keep the ports ours.
  private final List<Socket> reservations = new ArrayList<>();
  private final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder(START);
  private final Path folder;
  private final HaproxyTls tls;

  Haproxy(Path folder) {
    this.folder = folder;
    this.tls = new HaproxyTls(folder);
  }

  /// Adds a plan of one frontend, to which the rest is found by the plan's name.
  void add(ProxyPlan plan) throws IOException {
    Socket reservation = new Socket();
    reservation.setReuseAddress(true);
    reservation.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    reservations.add(reservation);
    addresses.put(plan.name(), (InetSocketAddress) reservation.getLocalSocketAddress());
    Frontend frontend = plan.frontends().getFirst();
    frontend(plan.name(), frontend, reservation.getLocalPort());
    for (Upstream upstream : plan.upstreams()) {
      backend(plan.name(), frontend, upstream);
    }
  }

  /// Starts it; its ports are open afterwards, since it goes to the background when they are.
  void start() throws IOException, InterruptedException {
    Path configuration = Files.writeString(folder.resolve("haproxy.cfg"), text);
    Path said = folder.resolve("haproxy.log");
    Process process =
        new ProcessBuilder("haproxy", "-D", "-p", pid().toString(), "-f", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(Files.readString(said));
    }
  }

  InetSocketAddress address(String plan) {
    return addresses.get(plan);
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(pid())) {
      long id = Long.parseLong(Files.readString(pid()).strip());
      ProcessHandle.of(id).ifPresent(ProcessHandle::destroy);
    }
    for (Socket reservation : reservations) {
      reservation.close();
    }
  }

  private Path pid() {
    return folder.resolve("haproxy.pid");
  }

  private void frontend(String plan, Frontend f, int port) throws IOException {
    text.append("frontend ").append(plan).append('\n');
    line("mode " + mode(f));
    line("maxconn " + f.connectionLimit());
    line("bind 127.0.0.1:" + port + (f.tls() == null ? "" : tls.bind(f.tls())));
    if (f.tls() != null) {
      line("redirect scheme https if !{ ssl_fc }");
    }
    line("timeout client " + f.timeouts().clientIdle());
    if (f.strictTransport() != null) {
      line("http-response set-header Strict-Transport-Security \"" + f.strictTransport() + "\"");
    }
    int conditions = 0;
    for (Route route : f.routes()) {
      StringBuilder all = new StringBuilder();
      for (Match match : route.matches()) {
        String name = "rule" + conditions++;
        line("acl " + name + " " + condition(match));
        all.append(match.invert() ? " !" : " ").append(name);
      }
      line(action(plan, route.action()) + " if" + all);
    }
    if (f.defaultUpstream() != null) {
      line("default_backend " + plan + "." + f.defaultUpstream());
    }
  }

  private static String mode(Frontend f) {
    return f.mode().name().toLowerCase(Locale.ROOT);
  }

  private static String condition(Match match) {
    String how =
        switch (match.comparison()) {
          case REGEX -> " -m reg ";
          case STARTS_WITH -> " -m beg ";
          case ENDS_WITH -> " -m end ";
          case CONTAINS -> " -m sub ";
          case EQUAL_TO -> " -m str ";
        };
    String value = match.value().replace("\\", "\\\\").replace(" ", "\\ ");
    return switch (match.subject()) {
      case Subject.Host() -> "req.hdr(host) -i" + how + value;
      case Subject.Path() -> "path" + how + value;
      case Subject.FileType() -> "path_end" + how + value;
      case Subject.Header(String name) -> "req.hdr(" + name + ")" + how + value;
      case Subject.Cookie(String name) -> "req.cook(" + name + ")" + how + value;
      case Subject.ClientCertificate() -> "ssl_c_used";
      case Subject.ClientVerifyResult() -> "ssl_c_verify eq " + value;
      case Subject.ClientName(String field) -> "ssl_c_s_dn(" + field + ")" + how + value;
    };
  }

  private static String action(String plan, Route.Action action) {
    return switch (action) {
      case Route.Action.Forward(String upstream) -> "use_backend " + plan + "." + upstream;
      case Route.Action.Redirect(String to, int status) ->
          "redirect code " + status + " location " + to;
      case Route.Action.RedirectPrefix(String to, int status) ->
          "redirect code " + status + " prefix " + to;
      case Route.Action.Reject() -> "http-request deny";
      case Route.Action.Respond(int status, String type, String body) ->
          "http-request return status %d content-type %s string %s".formatted(status, type, body);
      case Route.Action.Report _ -> throw new IllegalArgumentException("not of HAProxy's");
    };
  }

  private void backend(String plan, Frontend f, Upstream u) throws IOException {
    text.append("backend ").append(plan).append('.').append(u.name()).append('\n');
    line("mode " + mode(f));
    if (f.mode() == Mode.HTTP) {
      line("http-reuse safe");
    }
    line(
        switch (u.algorithm()) {
          case ROUND_ROBIN -> "balance roundrobin";
          case LEAST_CONNECTIONS -> "balance leastconn";
          case SOURCE_IP, SOURCE_IP_PORT -> "balance source";
        });
    persistence(u.persistence());
    line("option allbackups");
    for (HeaderInsert header : f.headers()) {
      inserted(f, header);
    }
    line("fullconn " + f.connectionLimit());
    line("timeout connect " + f.timeouts().connect());
    line("timeout server " + f.timeouts().upstreamIdle());
    for (Endpoint endpoint : u.endpoints()) {
      server(f, u, endpoint);
    }
  }

  private void persistence(Persistence persistence) {
    switch (persistence) {
      case null -> {}
      case Persistence.SourceIp _ -> {
        line("stick-table type ipv6 size 10k");
        line("stick on src");
      }
      case Persistence.InsertedCookie(String cookie) ->
          line("cookie " + cookie + " insert indirect nocache");
      case Persistence.LearntCookie(String cookie) -> {
        line("stick-table type string len 64 size 10k");
        line("stick store-response res.cook(" + cookie + ")");
        line("stick match req.cook(" + cookie + ")");
      }
    }
  }

  private void inserted(Frontend f, HeaderInsert header) {
    switch (header) {
      case X_FORWARDED_FOR -> line("option forwardfor");
      case X_FORWARDED_PORT -> set(header, "%[dst_port]");
      case X_FORWARDED_PROTO -> set(header, f.tls() == null ? "http" : "https");
      case X_SSL_CLIENT_VERIFY -> set(header, "%[ssl_c_verify]");
      case X_SSL_CLIENT_HAS_CERT -> set(header, "%[ssl_c_used]");
      case X_SSL_CLIENT_DN -> set(header, "%{+Q}[ssl_c_s_dn]");
      case X_SSL_CLIENT_CN -> set(header, "%{+Q}[ssl_c_s_dn(cn)]");
      case X_SSL_ISSUER -> set(header, "%{+Q}[ssl_c_i_dn]");
      case X_SSL_CLIENT_SHA1 -> set(header, "%{+Q}[ssl_c_sha1,hex]");
      case X_SSL_CLIENT_NOT_BEFORE -> set(header, "%{+Q}[ssl_c_notbefore]");
      case X_SSL_CLIENT_NOT_AFTER -> set(header, "%{+Q}[ssl_c_notafter]");
    }
  }

  private void set(HeaderInsert header, String value) {
    line("http-request set-header " + header.header() + " " + value);
  }

  private void server(Frontend f, Upstream u, Endpoint e) throws IOException {
    String options =
        switch (u.proxyProtocol()) {
          case NONE -> "";
          case V1 -> " send-proxy";
          case V2 -> f.tls() == null ? " send-proxy-v2" : " send-proxy-v2-ssl-cn";
        };
    options += u.tls() == null ? "" : tls.server(u.tls());
    if (u.persistence() instanceof Persistence.InsertedCookie) {
      options += " cookie " + e.name();
    }
    options += (e.backup() ? " backup" : "") + (e.enabled() ? "" : " disabled");
    String address = "127.0.0.1:" + e.address().getPort();
    line("server " + e.name() + " " + address + " weight " + e.weight() + options);
  }

  private void line(String line) {
    text.append("    ").append(line).append('\n');
  }
}
