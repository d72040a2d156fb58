package agrippa.cloud.openstack;

import java.net.URI;
import java.util.Optional;

/// URLs of services, which operators write with a version or without, with a slash or without.
final class Urls {
  private Urls() {}

  /// @return nothing if this is no URL of a web server
  static Optional<URI> web(String text) {
    try {
      URI url = URI.create(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return web && url.getHost() != null ? Optional.of(url) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The URL with this version at its end, once.
  static URI versioned(URI url, String version) {
    String text = url.toString();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    return URI.create(text.endsWith("/" + version) ? text : text + "/" + version);
  }
}
