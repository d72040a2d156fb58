package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.ListenerProtocol;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.plan.PerClient;
import agrippa.proxy.plan.PerClient.Rate;
import agrippa.proxy.plan.Rewriting;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Rewriting.Kind;
import agrippa.proxy.plan.Route.Action.Respond;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerTagsTest {
  private static PerClient perClient(String tag, String... flavor) {
    return ListenerTags.perClient(
        new Extended(
            tag.isEmpty() ? List.of() : List.of(tag),
            List.of(),
            flavor.length == 0 ? Map.of() : Map.of(flavor[0], flavor[1])));
  }

  private static Optional<String> complaint(ListenerProtocol protocol, String... tags) {
    return ListenerTags.complaint(
        tree(List.of(listener("web", protocol, 80).tagged(tags).build()), List.of()));
  }

  @Test
  void ratesAreReadWithTheirBursts() {
    assertThat(perClient("")).isEqualTo(PerClient.UNLIMITED);
    assertThat(perClient("agrippa:rate_limit=10/s").rate()).isEqualTo(new Rate(10, 1_000, 10));
    assertThat(perClient("agrippa:rate_limit=10/m:20").rate()).isEqualTo(new Rate(10, 60_000, 20));
    assertThat(perClient("agrippa:client_connections=5").connections()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "10/h", "0/s", "10/s:0", "1000001/s", "1/s:1000001", "-1/s"})
  void otherRatesAreRefused(String value) {
    assertThat(ListenerExtensions.RATE_LIMIT.read(value)).isEmpty();
  }

  @Test
  void tagsDoNotRaiseWhatTheFlavorSays() {
    assertThat(perClient("", "rate_limit", "10/s").rate()).isEqualTo(new Rate(10, 1_000, 10));
    assertThat(perClient("agrippa:rate_limit=700/m:5", "rate_limit", "10/s").rate())
        .isEqualTo(new Rate(10, 1_000, 5));
    assertThat(perClient("agrippa:rate_limit=500/m", "rate_limit", "10/s").rate())
        .isEqualTo(new Rate(500, 60_000, 10));
    assertThat(perClient("agrippa:client_connections=9", "client_connections", "5").connections())
        .isEqualTo(5);
    assertThat(perClient("agrippa:client_connections=4", "client_connections", "5").connections())
        .isEqualTo(4);
    assertThat(perClient("", "client_connections", "5").connections()).isEqualTo(5);
  }

  @Test
  void edits() {
    var web =
        listener("web", ListenerProtocol.HTTP, 80)
            .tagged(
                "agrippa:request_header=set:X-Env:prod: 1",
                "agrippa:request_header=remove:Cookie",
                "agrippa:response_header=add:Vary:X")
            .build();
    assertThat(ListenerTags.rewriting(web, Extended.of(web.labels())))
        .isEqualTo(
            new Rewriting(
                List.of(
                    new FieldEdit(Kind.SET, "X-Env", "prod: 1"),
                    new FieldEdit(Kind.REMOVE, "Cookie", "")),
                List.of(new FieldEdit(Kind.ADD, "Vary", "X"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set:X",
        "set:X:",
        "set:X: 1",
        "set:X:1 ",
        "set:X:1\r\nY: 2",
        "set:X:1\n",
        "set:X:\u0000",
        "set:X\r\n:1",
        "set:X Y:1",
        "set::1",
        "change:X:1",
        "remove:X:1",
        "remove:",
        "remove:Host",
        "set:host:x",
        "add:Content-Length:0",
        "set:transfer-ENCODING:chunked",
        "remove:Connection",
        "set:TE:trailers",
        "add:Upgrade:h2c",
      })
  void otherEditsAreRefused(String value) {
    assertThat(ListenerExtensions.REQUEST_HEADER.read(value)).isEmpty();
    assertThat(ListenerExtensions.RESPONSE_HEADER.read(value)).isEmpty();
  }

  private static Compression compression(
      ListenerProtocol protocol, Map<String, String> flavor, String... tags) {
    var web = listener("web", protocol, 80).tagged(tags).build();
    return ListenerTags.compression(
        web, new Extended(web.labels().tags(), List.of("agrippa:compression=zstd"), flavor));
  }

  @Test
  void whatIsCompressed() {
    assertThat(compression(ListenerProtocol.HTTP, Map.of(), "agrippa:compression=gzip,zstd"))
        .satisfies(
            it -> {
              assertThat(it.codings()).containsExactly(Coding.GZIP, Coding.ZSTD);
              assertThat(it.types()).contains("text/*", "application/json");
            });
    assertThat(
            compression(
                ListenerProtocol.TERMINATED_HTTPS,
                Map.of("compression", "gzip"),
                "agrippa:compression_types=Application/JSON,text/*"))
        .isEqualTo(new Compression(List.of(Coding.ZSTD), List.of("application/json", "text/*")));
    assertThat(compression(ListenerProtocol.HTTP, Map.of(), "agrippa:compression=off"))
        .isEqualTo(Compression.NONE);
    assertThat(compression(ListenerProtocol.TCP, Map.of())).isEqualTo(Compression.NONE);
    var silent = listener("web", ListenerProtocol.HTTP, 80).build();
    assertThat(ListenerTags.compression(silent, Extended.of(silent.labels())))
        .as("off by default")
        .isEqualTo(Compression.NONE);
    assertThat(
            ListenerTags.compression(
                    silent, new Extended(List.of(), List.of(), Map.of("compression", "gzip")))
                .codings())
        .containsExactly(Coding.GZIP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "on", "true", "br", "GZIP", "gzip,", "gzip,gzip", "gzip, zstd"})
  void otherCodingsAreRefused(String value) {
    assertThat(ListenerExtensions.COMPRESSION.read(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "text", "text/", "/html", "*/*", "text/h*", "text/html,", "a/b c", "a/b;q=1"})
  void otherMediaTypesAreRefused(String value) {
    assertThat(ListenerExtensions.COMPRESSION_TYPES.read(value)).isEmpty();
    assertThat(ListenerExtensions.COMPRESSION_TYPES.read("a/b," + "a/b,".repeat(31) + "a/b"))
        .as("33 of them")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "503 | 503 | text/plain | ''",
        "200:application/json:{\"a\": [1]} | 200 | application/json | {\"a\": [1]}",
        "200:text/plain; charset=utf-8:é: x | 200 | text/plain; charset=utf-8 | é: x",
        "404:text/plain: | 404 | text/plain | ''",
      })
  void responses(String value, int status, String type, String body) {
    assertThat(ListenerExtensions.RESPOND.read(value)).contains(new Respond(status, type, body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "100", "600", "200:text/plain", "200::x", "200:a\r\n:x", "200:a:\u0007"})
  void otherResponsesAreRefused(String value) {
    assertThat(ListenerExtensions.RESPOND.read(value)).isEmpty();
  }

  @Test
  void tagsThatCouldDoNothingAreRefused() {
    assertThat(complaint(ListenerProtocol.UDP, "agrippa:rate_limit=1/s")).isEmpty();
    assertThat(complaint(ListenerProtocol.UDP, "agrippa:client_connections=1").orElseThrow())
        .contains("UDP protocol listeners have no connections");
    assertThat(complaint(ListenerProtocol.TCP, "agrippa:client_connections=1")).isEmpty();
    assertThat(complaint(ListenerProtocol.HTTP, "agrippa:request_header=remove:X")).isEmpty();
    assertThat(complaint(ListenerProtocol.TERMINATED_HTTPS, "agrippa:compression=gzip")).isEmpty();
    assertThat(complaint(ListenerProtocol.HTTPS, "agrippa:compression=gzip").orElseThrow())
        .contains("only HTTP and TERMINATED_HTTPS");
    assertThat(complaint(ListenerProtocol.TCP, "agrippa:request_header=remove:X").orElseThrow())
        .contains("only HTTP and TERMINATED_HTTPS");
  }
}
