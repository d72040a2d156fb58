package agrippa.web;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How a server meets its clients.
///
/// @param tls the server's certificate and key, or null for plain HTTP
/// @param behindProxy whether a reverse proxy sends all requests, so that its headers about the
///     client can be believed ([Forwarded])
/// @param cors whose web pages may call
public record Front(@Nullable SSLContext tls, boolean behindProxy, Cors cors) {
  /// Plain HTTP, no proxy, no web pages.
  public static final Front PLAIN = new Front(null, false, Cors.NONE);

  /// The scheme of URLs that lead here.
  public String scheme() {
    return tls == null ? "http" : "https";
  }
}
