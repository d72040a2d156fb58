package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.Contract.Described;
import agrippa.api.OctaviaServer.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The API's description: it is OpenAPI, and nothing that is served is missing from it, nor the
/// other way round.
class OpenApiTest {
  private static final OctaviaServer SERVER = new OctaviaServer();
  private static final Contract CONTRACT =
      new Contract(SERVER.send("GET", "/openapi.json", null, null).json());

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void needsNoTokenAndIsJson() {
    Answer answer = SERVER.send("GET", "/openapi.json", null, null);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).contains("application/json");
    assertThat(answer.json().at("/servers/0/url").stringValue()).isEqualTo(SERVER.base());
  }

  @Test
  void isOpenApi() {
    assertThat(Contract.errors(resource("schema-2022-10-07.json"), CONTRACT.document())).isEmpty();
  }

  /// The schema of OpenAPI leaves schemas within it to JSON Schema.
  @ParameterizedTest
  @MethodSource("schemas")
  void everySchemaIsJsonSchema(JsonNode schema) {
    JsonNode meta = Contract.parsed("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}");
    assertThat(Contract.errors(meta, schema)).isEmpty();
  }

  static List<JsonNode> schemas() {
    return Stream.concat(
            CONTRACT.document().at("/components/schemas").valueStream(),
            CONTRACT.document().findValues("schema").stream())
        .distinct()
        .toList();
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<JsonNode> references = CONTRACT.document().findParents("$ref");
    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(it -> assertThat(CONTRACT.resolved(it).isMissingNode()).isFalse());
  }

  @Test
  void describesEveryRouteAndNoOther() {
    Set<String> routes = new TreeSet<>();
    SERVER.api().site("").routes().all().forEach(it -> routes.add(it.method() + it.template()));
    Set<String> described = new TreeSet<>();
    CONTRACT
        .document()
        .get("paths")
        .properties()
        .forEach(
            path ->
                CONTRACT
                    .resolved(path.getValue())
                    .propertyNames()
                    .forEach(
                        it ->
                            described.add(it.toUpperCase(java.util.Locale.ROOT) + path.getKey())));
    assertThat(described).hasSizeGreaterThan(200).isEqualTo(routes);
  }

  @Test
  void namesEachOperationOnce() {
    assertThat(CONTRACT.operations().stream().map(it -> it.node().get("operationId").stringValue()))
        .doesNotHaveDuplicates()
        .contains("listLoadBalancers", "createL7Rule", "showStatisticsListener");
  }

  /// Tries every name that any request may say in every request.
  @Test
  void requestsMaySayWhatIsDescribedAndNothingElse() {
    Set<String> names = new HashSet<>(Set.of("nosuch"));
    writing().forEach(it -> names.addAll(resource(it).get("properties").propertyNames()));
    for (Described operation : writing().toList()) {
      Set<String> described = new TreeSet<>(resource(operation).get("properties").propertyNames());
      Set<String> accepted = new TreeSet<>();
      for (String name : names) {
        String text = send(operation, "{\"" + name + "\": {\"nosuch\": 1}}").faultstring();
        if (!text.startsWith("Unknown attribute") || !text.endsWith(": " + name)) {
          accepted.add(name);
        }
      }
      assertThat(accepted).as(operation.toString()).isEqualTo(described);
    }
  }

  private static Stream<Described> writing() {
    return CONTRACT.operations().stream()
        .filter(it -> CONTRACT.request(it) != null && !it.template().contains("{pool}"))
        .filter(it -> !it.template().contains("{policy}"));
  }

  /// The schema of the object that an operation's body wraps.
  private static JsonNode resource(Described operation) {
    JsonNode body = CONTRACT.request(operation);
    JsonNode inner = body.get("properties").iterator().next();
    return CONTRACT.resolved(inner);
  }

  private static Answer send(Described operation, String resource) {
    String wrapper =
        CONTRACT.request(operation).get("properties").propertyNames().iterator().next();
    String path =
        operation.template().replaceAll("\\{[a-z]+}", "00000000-0000-4000-8000-0000000000ff");
    return SERVER.send(
        operation.method(), path, OctaviaServer.ADMIN, "{\"" + wrapper + "\": " + resource + "}");
  }

  private static JsonNode resource(String name) {
    try (InputStream stream = OpenApiTest.class.getResourceAsStream("/openapi/" + name)) {
      return Contract.parsed(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
