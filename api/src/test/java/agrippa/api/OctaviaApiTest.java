package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What is the same for all resources: versions, tokens, media types, the shapes of errors.
class OctaviaApiTest {
  private static final OctaviaServer SERVER = new OctaviaServer();
  private static final String LOADBALANCERS = "/v2.0/lbaas/loadbalancers";

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void versionsNeedNoToken() {
    Answer answer = SERVER.send("GET", "/", null, null);
    assertThat(answer.status()).isEqualTo(200);
    List<JsonNode> versions = answer.json().get("versions").valueStream().toList();
    assertThat(versions).hasSize(31);
    assertThat(versions.getFirst().toString())
        .isEqualTo(
            """
            {"id":"v2.0","status":"SUPPORTED","updated":"2016-12-11T00:00:00Z",\
            "links":[{"rel":"self","href":"%s/v2"}]}"""
                .formatted(SERVER.base()));
    assertThat(versions.getLast().get("id").asString()).isEqualTo("v2.30");
    assertThat(versions.stream().filter(it -> it.get("status").asString().equals("CURRENT")))
        .containsExactly(versions.getLast());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v2/", "/v2.0", "/v2/lbaas", "/v2.0/lbaas"})
  void versionRootsNameThemselves(String path) {
    assertThat(SERVER.get(path).text()).isEqualTo("\"v2\"");
    assertThat(SERVER.send("GET", path, null, null).status()).isEqualTo(401);
  }

  @Test
  void healthNeedsNoToken() {
    assertThat(SERVER.send("GET", "/healthcheck", null, null).text()).isEqualTo("OK");
    assertThat(SERVER.send("HEAD", "/healthcheck", null, null).status()).isEqualTo(204);
    assertThat(SERVER.send("POST", "/healthcheck", null, "{}").status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2.0/lbaas/loadbalancers",
        "/v2/lbaas/loadbalancers",
        "/v2/loadbalancers",
        "/v2.0/loadbalancers",
        "/v2/lbaas/loadbalancers/",
        "/v2/lbaas/loadbalancers.json"
      })
  void collectionsHaveManyNames(String path) {
    assertThat(SERVER.get(path).json().propertyNames())
        .containsExactly("loadbalancers", "loadbalancers_links");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", ""})
  void unknownTokens(String token) {
    Answer answer = SERVER.get(LOADBALANCERS, token);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("www-authenticate"))
        .contains("Keystone uri=\"http://127.0.0.1:9876/identity\"");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"error":{"code":401,"title":"Unauthorized",\
            "message":"The request you have made requires authentication."}}""");
  }

  @Test
  void identityOutOfReach() {
    assertThat(SERVER.get(LOADBALANCERS, "down").status()).isEqualTo(503);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json       | 200",
        "*/*                    | 200",
        "application/*;q=0.5    | 200",
        "text/html, */*;q=0.1   | 200",
        "''                     | 200",
        "nonsense               | 200",
        ";                      | 200",
        "a/b;                   | 406",
        "application/xml        | 406",
        "text/html              | 406",
        "application/json;q=0   | 406",
      })
  void accept(String accept, int status) {
    Answer answer =
        SERVER.send(
            HttpRequest.newBuilder(URI.create(SERVER.base() + LOADBALANCERS))
                .header("X-Auth-Token", OctaviaServer.ANN)
                .header("Accept", accept)
                .build());
    assertThat(answer.status()).isEqualTo(status);
    if (status == 406) {
      assertThat(answer.text())
          .isEqualTo(
              """
              {"code":406,"title":"Not Acceptable",\
              "description":"Only content type application/json is accepted."}""");
    }
  }

  @Test
  void frameworkErrors() {
    assertThat(SERVER.get("/v2.0/lbaas/nosuch").json().propertyNames())
        .containsExactly("code", "title", "description");
    assertThat(SERVER.get("/v2.0/lbaas/amphorae").status()).isEqualTo(404);
    Answer wrong = SERVER.send("PATCH", LOADBALANCERS, OctaviaServer.ANN, "{}");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.json().get("title").asString()).isEqualTo("Method Not Allowed");
    assertThat(SERVER.send("HEAD", LOADBALANCERS, OctaviaServer.ANN, null).status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(strings = {"loadbalancers", "listeners", "pools", "healthmonitors", "l7policies"})
  void collectionsCannotBeReplaced(String collection) {
    for (String method : List.of("PUT", "DELETE")) {
      Answer answer = SERVER.send(method, "/v2.0/lbaas/" + collection, OctaviaServer.ANN, null);
      assertThat(answer.text())
          .isEqualTo(
              """
              {"faultcode":"Client","faultstring":"Missing argument: \\"id\\"","debuginfo":null}""");
      assertThat(answer.status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loadbalancers  | Load Balancer",
        "listeners      | Listener",
        "pools          | Pool",
        "healthmonitors | Health Monitor",
        "l7policies     | L7 Policy",
      })
  void missingThings(String collection, String name) {
    for (String id : List.of("nonsense", "00000000-0000-0000-0000-000000000001")) {
      Answer answer = SERVER.get("/v2.0/lbaas/" + collection + "/" + id);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.faultstring()).isEqualTo(name + " " + id + " not found.");
      assertThat(SERVER.delete("/v2.0/lbaas/" + collection + "/" + id).faultstring())
          .isEqualTo(name + " " + id + " not found.");
    }
  }

  @ParameterizedTest
  @CsvSource({"pools/x/members, Pool x not found.", "l7policies/x/rules, L7Policy x not found."})
  void missingParents(String path, String description) {
    Stream.of(SERVER.get("/v2.0/lbaas/" + path), SERVER.post("/v2.0/lbaas/" + path, "{}"))
        .forEach(
            it ->
                assertThat(it.text())
                    .isEqualTo(
                        """
                        {"code":404,"title":"Bad Request","description":"%s"}"""
                            .formatted(description)));
  }

  @Test
  void bodies() {
    assertThat(fault("", "application/json")).isEqualTo("Missing argument: \"load_balancer\"");
    assertThat(fault("{", "application/json")).isEqualTo("Request is not in valid JSON format");
    assertThat(fault("{}{}", "application/json")).isEqualTo("Request is not in valid JSON format");
    assertThat(fault("{}", "text/plain; charset=utf-8")).isEqualTo("Unknown mimetype: text/plain");
    assertThat(fault("{}", ";")).isEqualTo("Unknown mimetype: ");
    assertThat(fault("a=b", "application/x-www-form-urlencoded"))
        .isEqualTo("Missing argument: \"load_balancer\"");
    assertThat(fault("{}", "text/javascript"))
        .isEqualTo(
            "Invalid input for field/attribute loadbalancer. Value: 'None'. Mandatory field missing.");
  }

  @Test
  void wrongMediaType() {
    assertThat(send("{}", "text/plain").status()).isEqualTo(415);
  }

  @Test
  void loneSurrogatesAreNoJson() {
    assertThat(fault("{\"loadbalancer\": {\"name\": \"\\ud800\"}}", "application/json"))
        .isEqualTo("Request is not in valid JSON format");
  }

  @Test
  void unknownArguments() {
    Answer answer = SERVER.post(LOADBALANCERS + "?x=1", "{}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultstring()).isEqualTo("Unknown argument: \"x\"");
  }

  @Test
  void tooLargeABody() {
    Answer answer = SERVER.post(LOADBALANCERS, " ".repeat(114_689));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().get("code").intValue()).isEqualTo(413);
  }

  @Test
  void everyAnswerHasARequestId() {
    assertThat(SERVER.get(LOADBALANCERS).header("x-openstack-request-id").orElseThrow())
        .startsWith("req-");
  }

  @Test
  void providers() {
    assertThat(SERVER.get("/v2.0/lbaas/providers?fields=name").text())
        .isEqualTo(
            """
            {"providers":[{"name":"amphora"},{"name":"amphorav2"},{"name":"octavia"}]}""");
  }

  private static String fault(String body, String type) {
    return send(body, type).faultstring();
  }

  private static Answer send(String body, String type) {
    return SERVER.send(
        HttpRequest.newBuilder(URI.create(SERVER.base() + LOADBALANCERS))
            .header("X-Auth-Token", OctaviaServer.ANN)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }
}
