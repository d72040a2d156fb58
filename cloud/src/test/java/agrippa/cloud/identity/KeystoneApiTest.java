package agrippa.cloud.identity;

import static agrippa.cloud.identity.IdentityServer.json;
import static agrippa.cloud.identity.IdentityServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Caller;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KeystoneApiTest {
  private IdentityServer server;

  @BeforeEach
  void start() throws Exception {
    server = new IdentityServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void tellsItsVersionAsClientsExpect() throws Exception {
    HttpResponse<String> root = server.send("GET", "/", "", "");
    assertThat(root.statusCode()).isEqualTo(300);
    assertThat(json(root).at("/versions/values/0/status").asString()).isEqualTo("stable");
    HttpResponse<String> v3 = server.send("GET", "/v3", "", "");
    assertThat(v3.statusCode()).isEqualTo(200);
    assertThat(json(v3).at("/version/links/0/href").asString())
        .isEqualTo("http://cloud.example.org/identity/v3/");
  }

  @Test
  void issuesAScopedTokenWithACatalog() throws Exception {
    HttpResponse<String> answer = server.login("admin", server.adminPassword, "admin");
    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode token = json(answer).path("token");
    assertThat(token.path("expires_at").asString()).isEqualTo("2026-11-23T13:00:00.000000Z");
    assertThat(token.at("/project/name").asString()).isEqualTo("admin");
    assertThat(token.path("roles"))
        .extracting(it -> it.path("name").asString())
        .containsExactly("admin", "member", "reader");
    JsonNode endpoint = token.at("/catalog/0/endpoints/0");
    assertThat(endpoint.path("url").asString()).isEqualTo("http://cloud.example.org/load-balancer");
    assertThat(endpoint.path("region").asString()).isEqualTo("RegionOne");
    assertThat(endpoint.path("region_id").asString()).isEqualTo("RegionOne");
    Caller caller = server.identity.authenticate(secret(answer)).orElseThrow();
    assertThat(caller.admin()).isTrue();
    assertThat(caller.project()).isEqualTo(server.identity.project("admin").orElseThrow());
  }

  @Test
  void tokensEnd() throws Exception {
    String token = secret(server.login("admin", server.adminPassword, "admin"));
    server.now.set(server.now.get().plus(IdentityServer.LIFETIME).minusSeconds(1));
    assertThat(server.identity.authenticate(token)).isPresent();
    server.now.set(server.now.get().plusSeconds(1));
    assertThat(server.identity.authenticate(token)).isEmpty();
    String revoked = secret(server.login("admin", server.adminPassword, "admin"));
    assertThat(server.about(revoked, "DELETE", revoked).statusCode()).isEqualTo(204);
    assertThat(server.identity.authenticate(revoked)).isEmpty();
    assertThat(server.identity.authenticate("")).isEmpty();
    assertThat(server.identity.authenticate("nonsense")).isEmpty();
  }

  @Test
  void remembersEverythingOverARestart() throws Exception {
    String token = secret(server.login("admin", server.adminPassword, "admin"));
    EmbeddedIdentity again = server.open();
    assertThat(again.authenticate(token))
        .isEqualTo(server.identity.authenticate(token))
        .isPresent();
    assertThat(again.bootstrap(server.adminPassword).password()).isEqualTo(server.adminPassword);
  }

  @Test
  void refusesWhatProvesNothing() throws Exception {
    HttpResponse<String> wrong = server.login("admin", "wrong", "admin");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(json(wrong).at("/error/title").asString()).isEqualTo("Unauthorized");
    assertThat(server.login("nobody", "wrong", "admin").statusCode()).isEqualTo(401);
    assertThat(server.login("admin", server.adminPassword, "nowhere").statusCode()).isEqualTo(401);
    assertThat(server.send("POST", "/v3/auth/tokens", "", "{\"auth\": {}}").statusCode())
        .isEqualTo(400);
    assertThat(server.send("POST", "/v3/auth/tokens", "", "nonsense").statusCode()).isEqualTo(400);
    assertThat(server.send("GET", "/v3/projects", "", "").statusCode()).isEqualTo(401);
    assertThat(server.send("GET", "/v3/nowhere", "", "").statusCode()).isEqualTo(404);
  }

  @Test
  void slowsDownWhoGuesses() throws Exception {
    for (int i = 0; i < Throttle.FREE; i++) {
      assertThat(server.login("admin", "guess" + i, "admin").statusCode()).isEqualTo(401);
      assertThat(server.login("nobody", "guess" + i, "admin").statusCode()).isEqualTo(401);
    }
    HttpResponse<String> early = server.login("admin", server.adminPassword, "admin");
    assertThat(early.statusCode()).isEqualTo(429);
    assertThat(early.headers().firstValue("Retry-After")).contains("1");
    assertThat(early.body())
        .isEqualTo(
            """
            {"error":{"code":429,\
            "message":"Too many failed logins. Wait before the next one.",\
            "title":"Too Many Requests"}}""");
    // Who does not exist is told the same.
    assertThat(server.login("nobody", "guess", "admin").body()).isEqualTo(early.body());
    server.now.set(server.now.get().plusSeconds(1));
    assertThat(server.login("admin", server.adminPassword, "admin").statusCode()).isEqualTo(201);
  }

  @Test
  void keepsUsersProjectsAndGrants() throws Exception {
    String admin = secret(server.login("admin", server.adminPassword, "admin"));
    String project =
        server.created(admin, "project", "{\"name\": \"p\", \"domain_id\": \"default\"}");
    String user =
        server.created(
            admin, "user", "{\"name\": \"u\", \"password\": \"pw\", \"email\": \"u@example.org\"}");
    String member =
        json(server.send("GET", "/v3/roles?name=member", admin, "")).at("/roles/0/id").asString();
    String grant = "/v3/projects/" + project + "/users/" + user + "/roles/" + member;
    assertThat(server.login("u", "pw", "p").statusCode()).isEqualTo(401);
    assertThat(server.send("HEAD", grant, admin, "").statusCode()).isEqualTo(404);
    assertThat(server.send("PUT", grant, admin, "").statusCode()).isEqualTo(204);
    assertThat(server.send("HEAD", grant, admin, "").statusCode()).isEqualTo(204);
    String token = secret(server.login("u", "pw", "p"));
    assertThat(server.identity.authenticate(token).orElseThrow().roles())
        .containsExactlyInAnyOrder("member", "reader");
    assertThat(server.send("GET", "/v3/users/" + user, token, "").body())
        .contains("u@example.org")
        .doesNotContain("pw");
    assertThat(server.send("GET", "/v3/projects", token, "").statusCode()).isEqualTo(403);
    assertThat(
            server.send("POST", "/v3/users", token, "{\"user\": {\"name\": \"x\"}}").statusCode())
        .isEqualTo(403);
    assertThat(
            server.send("POST", "/v3/users", admin, "{\"user\": {\"name\": \"u\"}}").statusCode())
        .isEqualTo(409);
    assertThat(
            server
                .send("PATCH", "/v3/users/" + user, admin, "{\"user\": {\"enabled\": false}}")
                .statusCode())
        .isEqualTo(200);
    assertThat(server.identity.authenticate(token)).isEmpty();
    assertThat(server.send("DELETE", "/v3/projects/" + project, admin, "").statusCode())
        .isEqualTo(204);
    assertThat(server.send("GET", "/v3/projects/" + project, admin, "").statusCode())
        .isEqualTo(404);
  }

  @Test
  void logsProgramsInWithApplicationCredentials() throws Exception {
    HttpResponse<String> login = server.login("admin", server.adminPassword, "admin");
    String user = json(login).at("/token/user/id").asString();
    HttpResponse<String> made =
        server.send(
            "POST",
            "/v3/users/" + user + "/application_credentials",
            secret(login),
            "{\"application_credential\": {\"name\": \"ci\", \"roles\": [{\"name\": \"member\"}]}}");
    assertThat(made.statusCode()).isEqualTo(201);
    JsonNode credential = json(made).path("application_credential");
    String body =
        """
        {"auth": {"identity": {"methods": ["application_credential"],
          "application_credential": {"id": "%s", "secret": "%s"}}}}
        """
            .formatted(credential.path("id").asString(), credential.path("secret").asString());
    String token = secret(server.send("POST", "/v3/auth/tokens", "", body));
    assertThat(server.identity.authenticate(token).orElseThrow().roles())
        .containsExactlyInAnyOrder("member", "reader");
    String own =
        "/v3/users/" + user + "/application_credentials/" + credential.path("id").asString();
    assertThat(server.send("DELETE", own, secret(login), "").statusCode()).isEqualTo(204);
    assertThat(server.identity.authenticate(token)).isEmpty();
  }
}
