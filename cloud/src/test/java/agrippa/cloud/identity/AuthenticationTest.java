package agrippa.cloud.identity;

import static agrippa.cloud.identity.IdentityServer.json;
import static agrippa.cloud.identity.IdentityServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Caller;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Methods, scopes, and what a token's holder may do.
class AuthenticationTest {
  private IdentityServer server;
  private String admin;
  private String project;
  private String user;

  @BeforeEach
  void start() throws Exception {
    server = new IdentityServer();
    admin = server.admin();
    project = server.created(admin, "project", "{\"name\": \"p\"}");
    user = server.member(admin, "u", project, "member");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<String> authenticate(String identity, String scope) throws Exception {
    String body =
        "{\"auth\": {\"identity\": %s%s}}"
            .formatted(identity, scope.isEmpty() ? "" : ", \"scope\": " + scope);
    return server.send("POST", "/v3/auth/tokens", "", body);
  }

  private String byPassword() {
    return """
        {"methods": ["password"], "password": {"user": {"id": "%s", "password": "pw"}}}
        """
        .formatted(user);
  }

  private String adminByPassword() {
    return """
        {"methods": ["password"], "password": {"user": {"name": "admin",
          "domain": {"id": "default"}, "password": "%s"}}}
        """
        .formatted(server.adminPassword);
  }

  @Test
  void givesTokensWithoutScopeToChooseOneWith() throws Exception {
    HttpResponse<String> unscoped = authenticate(byPassword(), "\"unscoped\"");
    assertThat(unscoped.statusCode()).isEqualTo(201);
    JsonNode token = json(unscoped).path("token");
    assertThat(token.has("project")).isFalse();
    assertThat(token.has("catalog")).isFalse();
    assertThat(token.has("roles")).isFalse();
    Caller caller = server.identity.authenticate(secret(unscoped)).orElseThrow();
    assertThat(caller.project()).isNull();
    assertThat(caller.roles()).isEmpty();
    HttpResponse<String> projects = server.send("GET", "/v3/auth/projects", secret(unscoped), "");
    assertThat(json(projects).at("/projects/0/name").asString()).isEqualTo("p");
    HttpResponse<String> scoped =
        authenticate(
            "{\"methods\": [\"token\"], \"token\": {\"id\": \"%s\"}}".formatted(secret(unscoped)),
            "{\"project\": {\"name\": \"p\", \"domain\": {\"name\": \"Default\"}}}");
    assertThat(json(scoped).at("/token/project/id").asString()).isEqualTo(project);
    assertThat(json(scoped).at("/token/methods").toString()).isEqualTo("[\"password\",\"token\"]");
  }

  @Test
  void aNewTokenEndsWithTheOneItWasGotWith() throws Exception {
    HttpResponse<String> first = authenticate(byPassword(), "\"unscoped\"");
    server.now.set(server.now.get().plusSeconds(600));
    HttpResponse<String> second =
        authenticate(
            "{\"methods\": [\"token\"], \"token\": {\"id\": \"%s\"}}".formatted(secret(first)),
            "{\"project\": {\"id\": \"%s\"}}".formatted(project));
    assertThat(json(second).at("/token/expires_at")).isEqualTo(json(first).at("/token/expires_at"));
  }

  @Test
  void scopesToDomainsAndTheSystem() throws Exception {
    HttpResponse<String> system = authenticate(adminByPassword(), "{\"system\": {\"all\": true}}");
    assertThat(json(system).at("/token/system/all").asBoolean()).isTrue();
    Caller caller = server.identity.authenticate(secret(system)).orElseThrow();
    assertThat(caller.project()).isNull();
    assertThat(caller.system()).isTrue();
    String domain = "{\"domain\": {\"name\": \"Default\"}}";
    assertThat(authenticate(adminByPassword(), domain).statusCode()).isEqualTo(401);
    String adminId = json(system).at("/token/user/id").asString();
    String role =
        json(server.send("GET", "/v3/roles?name=reader", admin, "")).at("/roles/0/id").asString();
    server.send("PUT", "/v3/domains/default/users/" + adminId + "/roles/" + role, admin, "");
    HttpResponse<String> scoped = authenticate(adminByPassword(), domain);
    assertThat(json(scoped).at("/token/domain/id").asString()).isEqualTo("default");
    assertThat(json(scoped).at("/token/roles/0/name").asString()).isEqualTo("reader");
  }

  @Test
  void takesTheUsersOwnProjectIfNoneIsNamed() throws Exception {
    assertThat(json(authenticate(byPassword(), "")).path("token").has("project")).isFalse();
    server.send(
        "PATCH",
        "/v3/users/" + user,
        admin,
        "{\"user\": {\"default_project_id\": \"%s\"}}".formatted(project));
    assertThat(json(authenticate(byPassword(), "")).at("/token/project/id").asString())
        .isEqualTo(project);
    assertThat(json(authenticate(byPassword(), "{\"unscoped\": {}}")).path("token").has("project"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"methods": []}                                                     | | 400
          {}                                                                  | | 400
          {"methods": ["totp"]}                                               | | 401
          {"methods": ["password", "totp"]}                                   | | 401
          {"methods": ["password"]}                                           | | 401
          {"methods": ["token"], "token": {"id": ""}}                         | | 401
          {"methods": ["application_credential"]}                             | | 401
          {"methods": ["application_credential"], "application_credential": {"id": "x"}} | | 401
          PASSWORD | {"project": {"id": "nowhere"}}                             | 401
          PASSWORD | {"project": {"name": "admin", "domain": {"id": "default"}}} | 401
          PASSWORD | {"system": {"all": true}}                                  | 401
          PASSWORD | {"OS-TRUST:trust": {"id": "x"}}                            | 400
          PASSWORD | 5                                                          | 400
          """)
  void refusesWhatIsNotUnderstoodOrAllowed(String identity, String scope, int status)
      throws Exception {
    HttpResponse<String> answer =
        authenticate(
            identity.equals("PASSWORD") ? byPassword() : identity, scope == null ? "" : scope);
    assertThat(answer.statusCode()).isEqualTo(status);
    JsonNode error = json(answer).path("error");
    assertThat(error.path("code").asInt()).isEqualTo(status);
    assertThat(error.path("title").asString())
        .isEqualTo(status == 400 ? "Bad Request" : "Unauthorized");
    assertThat(error.path("message").asString()).isNotBlank();
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .isEqualTo(
            status == 401
                ? Optional.of("Keystone uri=\"http://cloud.example.org/identity\"")
                : Optional.empty());
  }

  /// bcrypt itself would only look at the first 72 bytes.
  @Test
  void everyByteOfAPasswordCounts() throws Exception {
    String longest = "x".repeat(72);
    server.send(
        "PATCH", "/v3/users/" + user, admin, "{\"user\": {\"password\": \"" + longest + "\"}}");
    assertThat(server.login("u", longest, "p").statusCode()).isEqualTo(201);
    assertThat(server.login("u", longest + "y", "p").statusCode()).isEqualTo(401);
    assertThat(
            server
                .send(
                    "PATCH",
                    "/v3/users/" + user,
                    admin,
                    "{\"user\": {\"password\": \"" + longest + "y\"}}")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void showsTokensToTheirHoldersAdminsAndServices() throws Exception {
    String token = secret(server.login("u", "pw", "p"));
    server.member(admin, "other", project, "member");
    String other = secret(server.login("other", "pw", "p"));
    server.member(admin, "octavia", project, "service");
    String service = secret(server.login("octavia", "pw", "p"));
    assertThat(server.about(token, "GET", token).statusCode()).isEqualTo(200);
    assertThat(server.about(token, "HEAD", admin).statusCode()).isEqualTo(200);
    assertThat(server.about(token, "GET", service).statusCode()).isEqualTo(200);
    assertThat(server.about(token, "GET", other).statusCode()).isEqualTo(403);
    assertThat(server.about("unknown", "GET", admin).statusCode()).isEqualTo(404);
    assertThat(server.about(token, "DELETE", other).statusCode()).isEqualTo(403);
    assertThat(server.about(token, "DELETE", service).statusCode()).isEqualTo(403);
    assertThat(server.about(token, "DELETE", admin).statusCode()).isEqualTo(204);
    assertThat(server.about(token, "GET", admin).statusCode()).isEqualTo(404);
  }

  @Test
  void storesNeitherTokensNorPasswords() throws Exception {
    HttpResponse<String> login = server.login("admin", server.adminPassword, "admin");
    String credential = credential(secret(login), json(login).at("/token/user/id").asString(), "");
    assertThat(server.stored())
        .doesNotContain(secret(login))
        .doesNotContain(server.adminPassword)
        .doesNotContain(credential);
  }

  private String credential(String token, String owner, String more) throws Exception {
    HttpResponse<String> made =
        server.send(
            "POST",
            "/v3/users/" + owner + "/application_credentials",
            token,
            "{\"application_credential\": {\"name\": \"ci\"" + more + "}}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return json(made).at("/application_credential/secret").asString();
  }

  private String byCredential(String secret) {
    return """
        {"methods": ["application_credential"], "application_credential": {"name": "ci",
          "user": {"name": "u", "domain": {"id": "default"}}, "secret": "%s"}}
        """
        .formatted(secret);
  }

  @Test
  void applicationCredentialsEndAndMakeNoOthers() throws Exception {
    String token = secret(server.login("u", "pw", "p"));
    String secret = credential(token, user, ", \"expires_at\": \"2026-11-23T12:30:00\"");
    HttpResponse<String> login = authenticate(byCredential(secret), "");
    assertThat(json(login).at("/token/expires_at").asString())
        .isEqualTo("2026-11-23T12:30:00.000000Z");
    assertThat(authenticate(byCredential("wrong"), "").statusCode()).isEqualTo(401);
    String path = "/v3/users/" + user + "/application_credentials";
    String more = "{\"application_credential\": {\"name\": \"more\"}}";
    assertThat(server.send("POST", path, secret(login), more).statusCode()).isEqualTo(403);
    String rescope =
        "{\"methods\": [\"token\"], \"token\": {\"id\": \"%s\"}}".formatted(secret(login));
    assertThat(authenticate(rescope, "\"unscoped\"").statusCode()).isEqualTo(403);
    server.now.set(server.now.get().plusSeconds(1800));
    assertThat(authenticate(byCredential(secret), "").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\": \"\"}",
        "{\"name\": \"x\", \"expires_at\": \"2020-01-01T00:00:00\"}",
        "{\"name\": \"x\", \"expires_at\": \"soon\"}",
        "{\"name\": \"x\", \"roles\": [{\"name\": \"admin\"}]}",
        "{\"name\": \"x\", \"access_rules\": [{\"path\": \"/\"}]}",
      })
  void refusesCredentialsThatWouldBeWrong(String wanted) throws Exception {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v3/users/" + user + "/application_credentials",
            secret(server.login("u", "pw", "p")),
            "{\"application_credential\": " + wanted + "}");
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void usersSeeWhatIsTheirs() throws Exception {
    String token = secret(server.login("u", "pw", "p"));
    for (String path :
        new String[] {
          "/v3/users/" + user,
          "/v3/projects/" + project,
          "/v3/domains/default",
          "/v3/regions",
          "/v3/users/" + user + "/projects",
          "/v3/auth/catalog"
        }) {
      assertThat(server.send("GET", path, token, "").statusCode()).as(path).isEqualTo(200);
    }
    String service = server.identity.project("service").orElseThrow().value();
    for (String path :
        new String[] {
          "/v3/users",
          "/v3/projects",
          "/v3/services",
          "/v3/role_assignments",
          "/v3/projects/" + service,
          "/v3/users/x/projects",
          "/v3/users/x/application_credentials"
        }) {
      assertThat(server.send("GET", path, token, "").statusCode()).as(path).isEqualTo(403);
    }
  }

  @Test
  void anAdminsChangedPasswordSurvivesARestart() throws Exception {
    String adminId =
        json(server.login("admin", server.adminPassword, "admin")).at("/token/user/id").asString();
    server.send("PATCH", "/v3/users/" + adminId, admin, "{\"user\": {\"password\": \"changed\"}}");
    EmbeddedIdentity again = server.open();
    String before = server.stored();
    again.bootstrap(server.adminPassword);
    assertThat(server.stored()).isEqualTo(before);
    assertThat(server.login("admin", server.adminPassword, "admin").statusCode()).isEqualTo(401);
    String token = secret(server.login("admin", "changed", "admin"));
    EmbeddedIdentity lost = server.open();
    assertThat(lost.bootstrap(null).password()).isNotEqualTo(server.adminPassword);
    assertThat(lost.authenticate(token)).isEmpty();
  }

  @Test
  void refusesEntitiesThatWouldBeWrong() throws Exception {
    for (String body :
        new String[] {
          "project|{\"name\": 5}",
          "project|{\"name\": \"x\", \"domain_id\": \"nowhere\"}",
          "project|{\"name\": \"x\", \"parent_id\": \"nowhere\"}",
          "project|{\"name\": \"x\", \"is_domain\": true}",
          "user|{\"name\": \"x\", \"enabled\": \"yes\"}",
          "user|{\"name\": \"\"}",
          "endpoint|{\"interface\": \"public\", \"url\": \"http://x\"}",
          "region|{\"id\": \"RegionOne\"}",
        }) {
      String kind = body.substring(0, body.indexOf('|'));
      String wanted = "{\"" + kind + "\": " + body.substring(body.indexOf('|') + 1) + "}";
      assertThat(server.send("POST", "/v3/" + kind + "s", admin, wanted).statusCode())
          .as(body)
          .isIn(400, 404, 409);
    }
    HttpResponse<String> nulls =
        server.send(
            "POST",
            "/v3/projects",
            admin,
            "{\"project\": {\"name\": \"n\", \"domain_id\": null, \"description\": null}}");
    assertThat(json(nulls).at("/project/domain_id").asString()).isEqualTo("default");
  }
}
