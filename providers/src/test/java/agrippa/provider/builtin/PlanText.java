package agrippa.provider.builtin;

import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A plan as text that reads well in tests.
final class PlanText {
  private final Map<String, String> names;
  private final StringBuilder out = new StringBuilder();

  /// @param known names whose ids are written as the names
  private PlanText(Stream<String> known) {
    names = known.collect(Collectors.toMap(it -> Trees.uuid(it).toString(), Function.identity()));
  }

  static String of(ProxyPlan plan, String... known) {
    PlanText text = new PlanText(Stream.concat(Stream.of("lb"), Stream.of(known)));
    text.line("plan %s", text.name(plan.name()));
    plan.frontends().forEach(text::frontend);
    plan.upstreams().forEach(text::upstream);
    return text.out.toString();
  }

  private void frontend(Frontend it) {
    Frontend.Timeouts timeouts = it.timeouts();
    line(
        "frontend %s %s %s limit %d timeouts %d %d %d %d",
        name(it.name()),
        lower(it.mode()),
        join(it.binds(), PlanText::socket),
        it.connectionLimit(),
        timeouts.clientIdle(),
        timeouts.connect(),
        timeouts.upstreamIdle(),
        timeouts.inspect());
    tls(it.tls());
    if (!it.allowed().isEmpty()) {
      line("  allow %s", join(it.allowed(), PlanText::cidr));
    }
    if (!it.headers().isEmpty()) {
      line("  insert %s", join(it.headers(), Frontend.HeaderInsert::header));
    }
    if (it.strictTransport() != null) {
      line("  strict transport %s", it.strictTransport());
    }
    if (it.options().path() == FrontendOptions.Path.KERNEL) {
      line("  by the kernel");
    }
    it.routes().forEach(this::route);
    String upstream = it.defaultUpstream();
    line("  default %s", upstream == null ? "none" : name(upstream));
    it.options()
        .split()
        .forEach(share -> line("  share %s %d", name(share.upstream()), share.weight()));
  }

  private void tls(@Nullable TlsServer tls) {
    if (tls != null) {
      line(
          "  tls %d certificates, %s %s, clients %s by %d issuers, %d revocations",
          tls.certificates().size(),
          tls.versions(),
          tls.alpn(),
          lower(tls.clientAuth()),
          tls.clientIssuers().size(),
          tls.revoked().size());
    }
  }

  private void route(Route it) {
    String action =
        switch (it.action()) {
          case Route.Action.Forward(String to) -> "forward " + name(to);
          case Route.Action.Redirect(String to, int status) -> status + " " + to;
          case Route.Action.RedirectPrefix(String to, int status) -> status + " " + to + " + path";
          case Route.Action.Reject() -> "reject";
          case Route.Action.Respond(int status, String type, String body) ->
              "respond %d %s %s".formatted(status, type, body);
          case Route.Action.Report(String type) -> "report as " + type;
        };
    line("  route %s: %s", name(it.name()), action);
    it.matches().forEach(match -> line("    if %s", text(match)));
  }

  private static String text(Match it) {
    String subject =
        switch (it.subject()) {
          case Match.Subject.Host() -> "host";
          case Match.Subject.Path() -> "path";
          case Match.Subject.FileType() -> "file type";
          case Match.Subject.Header(String name) -> "header " + name;
          case Match.Subject.Cookie(String name) -> "cookie " + name;
          case Match.Subject.ClientCertificate() -> "client certificate";
          case Match.Subject.ClientVerifyResult() -> "client verify result";
          case Match.Subject.ClientName(String field) -> "client name " + field;
        };
    String not = it.invert() ? "not " : "";
    return "%s %s%s \"%s\"".formatted(subject, not, lower(it.comparison()), it.value());
  }

  private void upstream(Upstream it) {
    String persistence =
        switch (it.persistence()) {
          case null -> "";
          case Upstream.Persistence.SourceIp(Duration timeout, InetAddress mask) ->
              ", kept by address"
                  + (timeout == null ? "" : " for %ds".formatted(timeout.toSeconds()))
                  + (mask == null ? "" : " in " + mask.getHostAddress());
          case Upstream.Persistence.InsertedCookie(String cookie) -> ", kept by own " + cookie;
          case Upstream.Persistence.LearntCookie(String cookie) -> ", kept by learnt " + cookie;
        };
    String proxy =
        it.proxyProtocol() == Upstream.ProxyProtocol.NONE
            ? ""
            : ", proxy " + lower(it.proxyProtocol());
    String told = it.options().tlsTold() ? " with TLS" : "";
    String http2 = it.options().http2() ? ", http2" : "";
    line(
        "upstream %s %s%s%s%s%s",
        name(it.name()), lower(it.algorithm()), persistence, proxy, told, http2);
    TlsClient tls = it.tls();
    if (tls != null) {
      line(
          "  tls %s certificate, %d issuers, %s %s",
          tls.certificate() == null ? "without" : "with",
          tls.issuers().size(),
          tls.versions(),
          tls.alpn());
    }
    it.endpoints().forEach(this::endpoint);
    Check check = it.check();
    if (check != null) {
      line(
          "  check %s every %ds within %ds, rise %d fall %d",
          probe(check.probe()),
          check.interval().toSeconds(),
          check.timeout().toSeconds(),
          check.rise(),
          check.fall());
    }
  }

  private void endpoint(Endpoint it) {
    line(
        "  %s %s weight %d%s%s%s",
        name(it.name()),
        socket(it.address()),
        it.weight(),
        it.backup() ? " backup" : "",
        it.enabled() ? "" : " disabled",
        it.checkAddress().equals(it.address()) ? "" : " checked at " + socket(it.checkAddress()));
  }

  private static String probe(Check.Probe probe) {
    return switch (probe) {
      case Check.Probe.Connect() -> "connect";
      case Check.Probe.Datagram() -> "datagram";
      case Check.Probe.Associate() -> "associate";
      case Check.Probe.TlsHello() -> "tls hello";
      case Check.Probe.Ping() -> "ping";
      case Check.Probe.Grpc(boolean tls, String service) ->
          "grpc%s '%s'".formatted(tls ? " over tls" : "", service);
      case Check.Probe.Http http ->
          "%s %s %s HTTP/%s host %s expecting %s"
              .formatted(
                  http.tls() ? "https" : "http",
                  http.method(),
                  http.path(),
                  http.version(),
                  http.host() == null ? "none" : http.host(),
                  join(http.expected(), range -> range.first() + "-" + range.last()));
    };
  }

  private String name(String id) {
    return names.getOrDefault(id, id);
  }

  private void line(String format, Object... values) {
    out.append(format.formatted(values)).append('\n');
  }

  private static String socket(InetSocketAddress it) {
    return it.getAddress().getHostAddress() + ":" + it.getPort();
  }

  private static String cidr(Cidr it) {
    return it.network().getHostAddress() + "/" + it.prefixLength();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static <T> String join(List<T> values, Function<T, String> text) {
    return values.stream().map(text).collect(Collectors.joining(", "));
  }
}
