package agrippa.web;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request, read whole but for what a route asks to have streamed.
///
/// @param method upper case
/// @param path decoded, below the prefix of the routes that serve it, without trailing slash or
///     `.json`
/// @param baseUrl scheme, authority and prefix as the client sees them (headers of a proxy
///     honoured if there is one), without trailing slash
/// @param parameters of the path's template, decoded
/// @param query in order, each name with all its values, decoded
/// @param headers by lower-case name
/// @param body empty if there is none
/// @param client its address, as far as it is known; never what a client could make up
/// @param id `req-<uuid>`, also sent back
/// @param content the body as it comes in, for a route that takes it so; empty for others
public record Request(
    String method,
    String path,
    String baseUrl,
    Map<String, String> parameters,
    Map<String, List<String>> query,
    Map<String, List<String>> headers,
    byte[] body,
    String client,
    String id,
    InputStream content) {

  /// The request with the parameters of its path.
  Request with(Map<String, String> next) {
    return new Request(method, path, baseUrl, next, query, headers, body, client, id, content);
  }

  /// The request with other parameters in its query.
  public Request withQuery(Map<String, List<String>> next) {
    return new Request(method, path, baseUrl, parameters, next, headers, body, client, id, content);
  }

  /// A parameter of the path's template, which must have it.
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the path has no " + name);
    }
    return value;
  }

  /// The first value of a header.
  public Optional<String> header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, List.of()).stream().findFirst();
  }

  /// The first value of a query parameter.
  public Optional<String> query(String name) {
    return query.getOrDefault(name, List.of()).stream().findFirst();
  }
}
