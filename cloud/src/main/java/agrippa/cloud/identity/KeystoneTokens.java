package agrippa.cloud.identity;

import agrippa.cloud.openstack.Answer;
import agrippa.cloud.openstack.KeystoneSession;
import agrippa.cloud.openstack.RestClient;
import agrippa.control.Caller;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.ProjectId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Has Keystone validate tokens: `GET /v3/auth/tokens`, with the service user's token.
final class KeystoneTokens {
  private final KeystoneSession session;

  KeystoneTokens(KeystoneSession session) {
    this.session = session;
  }

  /// A token that Keystone knows.
  record Valid(Caller caller, Instant expiry) {}

  static boolean plausible(String token, int longest) {
    return RestClient.isHeaderValue(token, longest);
  }

  /// @return nothing if Keystone knows no such token
  /// @throws ServiceUnavailableException if it does not answer, or does not let the service user
  ///     ask
  Optional<Valid> validate(String token) {
    Answer answer = session.validate(token);
    return switch (answer.status()) {
      case 200 -> Optional.of(valid(answer.json().path("token"), token));
      case 404 -> Optional.empty();
      default ->
          throw new ServiceUnavailableException(
              "Keystone does not let the service user validate tokens: status " + answer.status());
    };
  }

  private static Valid valid(JsonNode body, String token) {
    Set<String> roles = new LinkedHashSet<>();
    body.path("roles").forEach(it -> roles.add(it.path("name").asString("")));
    String user = body.path("user").path("id").asString("");
    Instant expiry =
        KeystoneSession.instant(body.path("expires_at").asString("")).orElse(Instant.MIN);
    boolean system = body.path("system").path("all").asBoolean(false);
    return new Valid(new Caller(user, project(body), system, roles, token), expiry);
  }

  private static @Nullable ProjectId project(JsonNode body) {
    String id = body.path("project").path("id").asString("");
    return id.isEmpty() ? null : new ProjectId(id);
  }
}
