package agrippa.web;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whose web pages may call this server from a browser (Fetch standard, section 3.2), as
/// oslo.middleware's `cors` tells browsers. Credentials are never allowed: the services take tokens
/// in headers, which a page must have been given, and know no cookies.
///
/// @param origins such as `https://dashboard.example.org`; `*` is any
/// @param maxAge how long a browser need not ask again
public record Cors(Set<String> origins, Duration maxAge) {
  /// No page may.
  public static final Cors NONE = new Cors(Set.of(), Duration.ofHours(1));

  private static final String ANY = "*";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

  /// What clients of OpenStack send, beside what a browser sends unasked. In lower case.
  private static final Set<String> REQUEST_HEADERS =
      Set.of(
          "accept",
          "accept-language",
          "cache-control",
          "content-encoding",
          "content-language",
          "content-type",
          "openstack-api-version",
          "pragma",
          "x-auth-token",
          "x-openstack-request-id",
          "x-project-id",
          "x-subject-token",
          "x-user-id");

  private static final String EXPOSED =
      String.join(
          ",",
          "X-OpenStack-Request-ID",
          "X-Subject-Token",
          "Location",
          "Retry-After",
          "WWW-Authenticate");

  public Cors {
    origins = Set.copyOf(origins);
  }

  /// Answers a browser that asks whether a page may send a request. What is not allowed gets no
  /// word of permission.
  ///
  /// @return nothing if the request is no such question, or if nobody's pages may call
  Optional<Reply> preflight(String method, Map<String, List<String>> headers) {
    String wanted = first(headers, "access-control-request-method");
    if (origins.isEmpty() || !method.equals("OPTIONS") || wanted.isEmpty()) {
      return Optional.empty();
    }
    Reply reply = Reply.empty(200).with("Vary", "Origin");
    Optional<String> origin = allowed(headers);
    List<String> names = names(first(headers, "access-control-request-headers"));
    if (origin.isEmpty() || !METHODS.contains(wanted) || !REQUEST_HEADERS.containsAll(names)) {
      return Optional.of(reply);
    }
    Reply permission =
        reply
            .with("Access-Control-Allow-Origin", origin.get())
            .with("Access-Control-Allow-Methods", wanted)
            .with("Access-Control-Max-Age", Long.toString(maxAge.toSeconds()));
    return Optional.of(
        names.isEmpty()
            ? permission
            : permission.with("Access-Control-Allow-Headers", String.join(",", names)));
  }

  /// Lets a page of an allowed origin read an answer.
  Reply readable(Reply reply, Map<String, List<String>> headers) {
    if (origins.isEmpty()) {
      return reply;
    }
    String vary = reply.headers().get("Vary");
    // Caches must keep apart what pages of other origins get, also if there is no origin.
    Reply told = reply.with("Vary", vary == null ? "Origin" : vary + ", Origin");
    return allowed(headers)
        .map(
            origin ->
                told.with("Access-Control-Allow-Origin", origin)
                    .with("Access-Control-Expose-Headers", EXPOSED))
        .orElse(told);
  }

  private Optional<String> allowed(Map<String, List<String>> headers) {
    String origin = first(headers, "origin");
    if (origin.isEmpty()) {
      return Optional.empty();
    }
    if (origins.contains(origin)) {
      return Optional.of(origin);
    }
    return origins.contains(ANY) ? Optional.of(ANY) : Optional.empty();
  }

  private static List<String> names(String list) {
    return Stream.of(list.split(","))
        .map(it -> it.strip().toLowerCase(Locale.ROOT))
        .filter(it -> !it.isEmpty())
        .toList();
  }

  private static String first(Map<String, List<String>> headers, String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.getFirst().strip();
  }
}
