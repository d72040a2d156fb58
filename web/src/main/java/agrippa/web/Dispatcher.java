package agrippa.web;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// From a request to its answer: site, filter, route. Knows nothing of sockets.
final class Dispatcher {
  static final String REQUEST_ID = "x-openstack-request-id";
  private static final System.Logger ACCESS = System.getLogger("agrippa.web.access");
  private static final System.Logger LOG = System.getLogger("agrippa.web");

  private final WebSettings settings;
  private final List<Served> sites;

  Dispatcher(WebSettings settings, List<Site> sites) {
    this.settings = settings;
    this.sites =
        sites.stream()
            .map(
                site ->
                    new Served(site, Text.segments(site.prefix()), new RouteTable(site.routes())))
            .sorted(Comparator.comparing((Served it) -> it.prefix.size()).reversed())
            .toList();
  }

  /// A request as it came over the wire.
  ///
  /// @param headers by lower-case name
  /// @param peer address of whoever opened the connection
  /// @param ownAuthority host and port that it reached
  record Incoming(
      String method,
      String rawPath,
      String rawQuery,
      Map<String, List<String>> headers,
      Body body,
      String peer,
      String ownAuthority) {}

  /// A request's body.
  sealed interface Body {
    record Whole(byte[] bytes) implements Body {}

    record Streamed(InputStream content) implements Body {}

    record TooLong() implements Body {}
  }

  /// Whether what answers this request takes the body as it comes in.
  boolean streams(String method, String rawPath) {
    List<String> segments = Text.segments(withoutSuffix(rawPath));
    return sites.stream()
        .filter(it -> it.serves(segments))
        .findFirst()
        .map(it -> it.table.match(method, segments.subList(it.prefix.size(), segments.size())))
        .filter(
            it -> it instanceof RouteTable.Match.Found(Routes.Route route, _) && route.streams())
        .isPresent();
  }

  /// Answers a request and writes a line about it to the access log. Never throws.
  Reply dispatch(Incoming incoming) {
    Instant start = settings.clock().instant();
    String id = "req-" + settings.requestIds().get();
    Map<String, List<String>> query = Text.query(incoming.rawQuery);
    Forwarded told =
        settings.front().behindProxy() ? Forwarded.of(incoming.headers) : Forwarded.NOTHING;
    String client = told.client().isEmpty() ? incoming.peer : told.client();
    Cors cors = settings.front().cors();
    Reply reply =
        cors.preflight(incoming.method, incoming.headers)
            .orElseGet(
                () -> cors.readable(answer(incoming, told, client, query, id), incoming.headers))
            .with(REQUEST_ID, id);
    System.Logger.Level level =
        incoming.method.equals("GET") || incoming.method.equals("HEAD") ? DEBUG : INFO;
    if (ACCESS.isLoggable(level)) {
      Duration took = Duration.between(start, settings.clock().instant());
      ACCESS.log(level, accessLine(incoming, client, query, reply, id, took));
    }
    return reply;
  }

  private Reply answer(
      Incoming incoming,
      Forwarded told,
      String client,
      Map<String, List<String>> query,
      String id) {
    List<String> segments = Text.segments(withoutSuffix(incoming.rawPath));
    String base =
        BaseUrl.of(incoming.headers, settings.front().scheme(), incoming.ownAuthority, told);
    Optional<Served> site = sites.stream().filter(it -> it.serves(segments)).findFirst();
    if (site.isEmpty()) {
      return segments.isEmpty() ? index(base) : nowhere();
    }
    List<String> below = segments.subList(site.get().prefix.size(), segments.size());
    Request request =
        new Request(
            incoming.method,
            "/" + String.join("/", below),
            base + site.get().site.prefix(),
            Map.of(),
            query,
            incoming.headers,
            incoming.body instanceof Body.Whole(byte[] bytes) ? bytes : new byte[0],
            client,
            id,
            incoming.body instanceof Body.Streamed(InputStream content)
                ? content
                : InputStream.nullInputStream());
    return answer(site.get(), incoming, request, below);
  }

  private static Reply answer(
      Served served, Incoming incoming, Request request, List<String> below) {
    Site site = served.site;
    try {
      return incoming.body instanceof Body.TooLong
          ? site.edge().tooLarge(request)
          : site.filter().handle(request, it -> route(served, it, below));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(ERROR, "cannot answer " + Text.forLog(incoming.method) + " " + request.id(), e);
      return site.edge().failed(request, e);
    }
  }

  private static Reply route(Served served, Request request, List<String> segments) {
    return switch (served.table.match(request.method(), segments)) {
      case RouteTable.Match.Found(Routes.Route route, Map<String, String> parameters) ->
          route.handler().handle(request.with(parameters));
      case RouteTable.Match.OtherMethods(String allow) ->
          served.site.edge().methodNotAllowed(request, allow).with("Allow", allow);
      case RouteTable.Match.Nothing() -> served.site.edge().notFound(request);
    };
  }

  /// Octavia's framework lets every path end in `.json`.
  private static String withoutSuffix(String rawPath) {
    return rawPath.endsWith(".json")
        ? rawPath.substring(0, rawPath.length() - ".json".length())
        : rawPath;
  }

  private static Reply nowhere() {
    return Reply.json(
        404,
        Json.object()
            .put("code", 404)
            .put("title", "Not Found")
            .put("description", "No service is here."));
  }

  /// What services there are, for people who look.
  private Reply index(String base) {
    ArrayNode services = Json.array();
    for (Served it : sites.reversed()) {
      services.addObject().put("path", it.site.prefix()).put("href", base + it.site.prefix() + "/");
    }
    var body = Json.object();
    body.set("services", services);
    return Reply.json(200, body);
  }

  /// Names of query parameters but not their values, which may be secret.
  private static String accessLine(
      Incoming incoming,
      String client,
      Map<String, List<String>> query,
      Reply reply,
      String id,
      Duration took) {
    String names = query.isEmpty() ? "" : "?" + String.join("&", query.keySet());
    return "%s \"%s %s\" %d %d bytes %d ms %s"
        .formatted(
            client,
            Text.forLog(incoming.method),
            Text.forLog(incoming.rawPath + names),
            reply.status(),
            reply.body().length,
            took.toMillis(),
            id);
  }

  private record Served(Site site, List<String> prefix, RouteTable table) {
    boolean serves(List<String> segments) {
      return segments.size() >= prefix.size() && segments.subList(0, prefix.size()).equals(prefix);
    }
  }
}
