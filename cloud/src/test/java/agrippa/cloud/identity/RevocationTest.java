package agrippa.cloud.identity;

import static agrippa.cloud.identity.IdentityServer.json;
import static agrippa.cloud.identity.IdentityServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What ends a token, also when it happens at the worst of moments.
class RevocationTest {
  private final Interrupting random = new Interrupting();
  private IdentityServer server;
  private String admin;
  private String project;
  private String user;

  @BeforeEach
  void start() throws Exception {
    server = new IdentityServer(random);
    admin = server.admin();
    project = server.created(admin, "project", "{\"name\": \"p\"}");
    user = server.member(admin, "u", project, "member");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /// Lets something else happen just when randomness is needed: for a salt, between the check of a
  /// password and the storing of a new one; for a token, between the check and the issue.
  private static final class Interrupting extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final transient AtomicReference<Optional<Callable<?>>> next =
        new AtomicReference<>(Optional.empty());

    void first(Callable<?> work) {
      next.set(Optional.of(work));
    }

    @Override
    public void nextBytes(byte[] bytes) {
      // The field is not there yet while the superclass is made.
      Optional<Callable<?>> work =
          next == null ? Optional.empty() : next.getAndSet(Optional.empty());
      if (work.isPresent()) {
        try {
          work.get().call();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
      super.nextBytes(bytes);
    }
  }

  private HttpResponse<String> change(String attributes) throws Exception {
    HttpResponse<String> answer =
        server.send("PATCH", "/v3/users/" + user, admin, "{\"user\": " + attributes + "}");
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  private int changePassword(String old, String next) throws Exception {
    return server
        .send(
            "POST",
            "/v3/users/" + user + "/password",
            "",
            "{\"user\": {\"original_password\": \"%s\", \"password\": \"%s\"}}"
                .formatted(old, next))
        .statusCode();
  }

  private String token() throws Exception {
    return secret(server.login("u", "pw", "p"));
  }

  @Test
  void aNewPasswordEndsTokens() throws Exception {
    String token = token();
    assertThat(changePassword("wrong", "new")).isEqualTo(401);
    assertThat(server.identity.authenticate(token)).isPresent();
    assertThat(changePassword("pw", "new")).isEqualTo(204);
    assertThat(server.identity.authenticate(token)).isEmpty();
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(401);
    assertThat(server.login("u", "new", "p").statusCode()).isEqualTo(201);
    assertThat(server.open().authenticate(token)).isEmpty();
  }

  @Test
  void disablingAndDeletingEndTokens() throws Exception {
    String token = token();
    change("{\"enabled\": false}");
    assertThat(server.identity.authenticate(token)).isEmpty();
    change("{\"enabled\": true}");
    assertThat(server.identity.authenticate(token)).isEmpty();
    String other = token();
    assertThat(
            server
                .send(
                    "PATCH",
                    "/v3/projects/" + project,
                    admin,
                    "{\"project\": {\"enabled\": false}}")
                .statusCode())
        .isEqualTo(200);
    assertThat(server.identity.authenticate(other)).isEmpty();
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(401);
  }

  @Test
  void takingTheLastRoleAwayEndsTokens() throws Exception {
    String token = token();
    String role =
        json(server.send("GET", "/v3/roles?name=member", admin, "")).at("/roles/0/id").asString();
    String grant = "/v3/projects/" + project + "/users/" + user + "/roles/" + role;
    assertThat(server.send("DELETE", grant, admin, "").statusCode()).isEqualTo(204);
    assertThat(server.identity.authenticate(token)).isEmpty();
  }

  @Test
  void deletingADomainTakesWhatIsInIt() throws Exception {
    String domain = server.created(admin, "domain", "{\"name\": \"d\"}");
    String inside =
        server.created(admin, "user", "{\"name\": \"u\", \"domain_id\": \"%s\"}".formatted(domain));
    String path = "/v3/domains/" + domain;
    assertThat(server.send("DELETE", path, admin, "").statusCode()).isEqualTo(403);
    server.send("PATCH", path, admin, "{\"domain\": {\"enabled\": false}}");
    assertThat(server.send("DELETE", path, admin, "").statusCode()).isEqualTo(204);
    assertThat(server.send("GET", "/v3/users/" + inside, admin, "").statusCode()).isEqualTo(404);
    assertThat(server.stored()).doesNotContain(inside).doesNotContain(domain);
  }

  @Test
  void aUserWhoIsBeingDisabledCannotComeBackWithANewPassword() throws Exception {
    random.first(() -> change("{\"enabled\": false}"));
    assertThat(changePassword("pw", "new")).isEqualTo(401);
    assertThat(
            json(server.send("GET", "/v3/users/" + user, admin, ""))
                .at("/user/enabled")
                .asBoolean())
        .isFalse();
    change("{\"enabled\": true}");
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(201);
  }

  @Test
  void aDeletedUserCannotComeBackWithANewPassword() throws Exception {
    random.first(() -> server.send("DELETE", "/v3/users/" + user, admin, ""));
    assertThat(changePassword("pw", "new")).isEqualTo(401);
    assertThat(server.send("GET", "/v3/users/" + user, admin, "").statusCode()).isEqualTo(404);
  }

  @Test
  void aLoginDoesNotOutliveItsPassword() throws Exception {
    random.first(() -> change("{\"password\": \"new\"}"));
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(401);
  }

  @Test
  void aTokenDoesNotOutliveTheOneItWasGotWith() throws Exception {
    String first = token();
    random.first(() -> server.about(first, "DELETE", first));
    HttpResponse<String> second =
        server.send(
            "POST",
            "/v3/auth/tokens",
            "",
            """
            {"auth": {"identity": {"methods": ["token"], "token": {"id": "%s"}},
              "scope": {"project": {"id": "%s"}}}}
            """
                .formatted(first, project));
    assertThat(second.statusCode()).isEqualTo(401);
    assertThat(server.identity.authenticate(first)).isEmpty();
  }

  @Test
  void guessesCountWhereverTheyComeIn() throws Exception {
    for (int i = 0; i < Throttle.FREE; i++) {
      assertThat(changePassword("guess" + i, "new")).isEqualTo(401);
    }
    assertThat(changePassword("pw", "new")).isEqualTo(429);
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(429);
    server.now.set(server.now.get().plusSeconds(1));
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(201);
  }
}
