package agrippa.cloud.openstack;

import agrippa.control.Caller;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Json;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A service of an OpenStack: asked as its service user, or on a caller's behalf.
public final class ServiceClient {
  private static final String TOKEN = "X-Auth-Token";

  private final KeystoneSession session;
  private final Kind kind;
  private final @Nullable URI fixed;

  /// @param fixed where it is, or null for what the catalogue says
  public ServiceClient(KeystoneSession session, Kind kind, @Nullable URI fixed) {
    this.session = session;
    this.kind = kind;
    this.fixed = fixed;
  }

  /// Services that are asked.
  public enum Kind {
    NETWORK("Neutron", "network", "v2.0"),
    KEY_MANAGER("Barbican", "key-manager", "v1");

    private final String title;
    private final String type;
    private final String version;

    Kind(String title, String type, String version) {
      this.title = title;
      this.type = type;
      this.version = version;
    }
  }

  /// What is asked, below the service's versioned URL.
  ///
  /// @param path such as `/ports`, with its query
  /// @param body or null for none
  public record Question(
      String method, String path, Map<String, String> headers, @Nullable JsonNode body) {
    public static Question get(String path) {
      return new Question("GET", path, Map.of("Accept", "application/json"), null);
    }

    public static Question get(String path, String accept) {
      return new Question("GET", path, Map.of("Accept", accept), null);
    }

    public static Question of(String method, String path, @Nullable JsonNode body) {
      return new Question(method, path, Map.of("Accept", "application/json"), body);
    }

    public Question with(String header, String value) {
      Map<String, String> all = new HashMap<>(headers);
      all.put(header, value);
      return new Question(method, path, Map.copyOf(all), body);
    }
  }

  /// Asks as the service user.
  ///
  /// @throws ServiceUnavailableException if the service or Keystone do not answer, or refuse the
  ///     service user
  public Answer asService(Question question) {
    return session.asService(kind.title, token -> send(question, token));
  }

  /// Asks with a caller's token: what comes out is what the caller may see. 401 is an answer then.
  ///
  /// @throws ServiceUnavailableException if the service does not answer
  public Answer asCaller(Caller caller, Question question) {
    return send(question, caller.token());
  }

  private Answer send(Question question, String token) {
    JsonNode body = question.body();
    return session
        .rest()
        .send(
            kind.title,
            new RestClient.Ask(
                question.method(),
                URI.create(root() + question.path()),
                question.with(TOKEN, token).headers(),
                body == null ? null : Json.bytes(body)));
  }

  private URI root() {
    URI known = fixed;
    return Urls.versioned(known != null ? known : session.endpoint(kind.type), kind.version);
  }

  /// Its name, for messages.
  public String title() {
    return kind.title;
  }

  /// The id of the service user.
  public String userId() {
    return session.userId();
  }
}
