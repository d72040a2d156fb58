package agrippa.proxy;

import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Route.Action;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which requests go where, seen from outside; the same on every transport.
@Cells
class RoutingTest {
  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private Backend normal;
  private Backend special;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    normal = fixture.http("normal");
    special = fixture.http("special");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /// Subject, comparison, value; target and fields of a request (`Host` is app.test unless given);
  /// whether they match.
  @ParameterizedTest(name = "{0} {1} {2}: {3} {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        "HOST | EQUAL_TO | app.test | / | | yes",
        "HOST | EQUAL_TO | App.Test | / | | yes",
        "HOST | EQUAL_TO | app.test | / | Host: APP.TEST | yes",
        "HOST | EQUAL_TO | app.test | / | Host: app.test:80 | no",
        "HOST | EQUAL_TO | app | / | | no",
        "HOST | STARTS_WITH | app. | / | | yes",
        "HOST | STARTS_WITH | test | / | | no",
        "HOST | ENDS_WITH | .test | / | | yes",
        "HOST | ENDS_WITH | app | / | | no",
        "HOST | CONTAINS | P.T | / | | yes",
        "HOST | CONTAINS | nope | / | | no",
        "HOST | REGEX | ^a.+\\.test$ | / | | yes",
        "HOST | REGEX | ^b | / | | no",
        "PATH | EQUAL_TO | /shop | /shop | | yes",
        "PATH | EQUAL_TO | /shop | /shop?x=1 | | yes",
        "PATH | EQUAL_TO | /shop | /Shop | | no",
        "PATH | EQUAL_TO | /shop | /shop/ | | no",
        "PATH | STARTS_WITH | /sh | /shop | | yes",
        "PATH | STARTS_WITH | /sh | /x/sh | | no",
        "PATH | ENDS_WITH | op | /shop?x | | yes",
        "PATH | ENDS_WITH | op | /shop/x | | no",
        "PATH | CONTAINS | ho | /shop | | yes",
        "PATH | CONTAINS | x=1 | /shop?x=1 | | no",
        "PATH | REGEX | ^/s[hk]op/[0-9]+$ | /skop/17 | | yes",
        "PATH | REGEX | ^/s[hk]op/[0-9]+$ | /skop/x | | no",
        "FILE | EQUAL_TO | jpg | /a/b.jpg | | yes",
        "FILE | EQUAL_TO | jpg | /a/b.jpg?x=png | | yes",
        "FILE | EQUAL_TO | jpg | /a/b.png | | no",
        "FILE | REGEX | jpe?g$ | /a/b.jpeg | | yes",
        "FILE | REGEX | jpe?g$ | /a/b.gif | | no",
        "HEADER X-Kind | EQUAL_TO | red | / | X-Kind: red | yes",
        "HEADER X-Kind | EQUAL_TO | red | / | x-kind: red | yes",
        "HEADER X-Kind | EQUAL_TO | red | / | X-Kind: Red | no",
        "HEADER X-Kind | EQUAL_TO | red | / | X-Kind: blue, red | yes",
        "HEADER X-Kind | EQUAL_TO | red | / | X-Kind: blue; X-Kind: red | yes",
        "HEADER X-Kind | EQUAL_TO | red | / | X-Other: red | no",
        "HEADER X-Kind | EQUAL_TO | red | / | | no",
        "HEADER X-Kind | STARTS_WITH | re | / | X-Kind: red | yes",
        "HEADER X-Kind | STARTS_WITH | ed | / | X-Kind: red | no",
        "HEADER X-Kind | ENDS_WITH | ed | / | X-Kind: red | yes",
        "HEADER X-Kind | ENDS_WITH | re | / | X-Kind: red | no",
        "HEADER X-Kind | CONTAINS | e | / | X-Kind: red | yes",
        "HEADER X-Kind | CONTAINS | x | / | X-Kind: red | no",
        "HEADER X-Kind | REGEX | ^r.d$ | / | X-Kind: red | yes",
        "HEADER X-Kind | REGEX | ^r.d$ | / | X-Kind: reed | no",
        "COOKIE who | EQUAL_TO | me | / | Cookie: who=me | yes",
        "COOKIE who | EQUAL_TO | me | / | Cookie: a=b, who=x, who=me | no",
        "COOKIE who | EQUAL_TO | me | / | Cookie: a=b~ who=me | yes",
        "COOKIE who | EQUAL_TO | me | / | Cookie: Who=me | no",
        "COOKIE who | EQUAL_TO | me | / | Cookie: awho=me | no",
        "COOKIE who | EQUAL_TO | me | / | | no",
        "COOKIE who | STARTS_WITH | m | / | Cookie: who=me | yes",
        "COOKIE who | STARTS_WITH | e | / | Cookie: who=me | no",
        "COOKIE who | ENDS_WITH | e | / | Cookie: who=me | yes",
        "COOKIE who | ENDS_WITH | m | / | Cookie: who=me | no",
        "COOKIE who | CONTAINS | e | / | Cookie: who=hello | yes",
        "COOKIE who | CONTAINS | x | / | Cookie: who=hello | no",
        "COOKIE who | REGEX | ^[a-z]+$ | / | Cookie: who=hello | yes",
        "COOKIE who | REGEX | ^[a-z]+$ | / | Cookie: who=h3llo | no",
      })
  void matches(
      String subject, Comparison comparison, String value, String target, String fields, String is)
      throws IOException {
    boolean matches = is.equals("yes");
    Match match = new Match(subject(subject), comparison, value, false);
    Match inverted = new Match(subject(subject), comparison, value, true);
    String request = request(target, fields);

    assertThat(served(match, request)).isEqualTo(matches ? "special" : "normal");
    assertThat(served(inverted, request)).isEqualTo(matches ? "normal" : "special");
  }

  @Test
  void allMatchesOfARouteMustHold() throws IOException {
    InetSocketAddress at =
        fixture.serve(
            plan(
                routed(
                    frontend(),
                    new Route(
                        "both",
                        List.of(
                            path("/a", Comparison.STARTS_WITH), path("z", Comparison.ENDS_WITH)),
                        new Action.Forward("special"))),
                pool(endpoint(normal)),
                pool("special", endpoint(special))));

    assertThat(Client.get(at, "/a").body()).isEqualTo("normal");
    assertThat(Client.get(at, "/z").body()).isEqualTo("normal");
    assertThat(Client.get(at, "/a/z").body()).isEqualTo("special");
  }

  @Test
  void theFirstRouteWinsAndEachActionIsDone() throws IOException {
    InetSocketAddress at =
        fixture.serve(
            plan(
                routed(
                    frontend(),
                    route("reject", "/no", new Action.Reject()),
                    route("url", "/url", new Action.Redirect("https://b.test/x", 303)),
                    route("prefix", "/pre", new Action.RedirectPrefix("https://c.test", 308)),
                    route("late", "/no", new Action.Forward("special"))),
                pool(endpoint(normal)),
                pool("special", endpoint(special))));

    assertThat(Client.get(at, "/no").status()).isEqualTo(403);
    Message url = Client.get(at, "/url?q=1");
    assertThat(url.status()).isEqualTo(303);
    assertThat(url.field("Location")).isEqualTo("https://b.test/x");
    Message prefix = Client.get(at, "/pre/a?q=1");
    assertThat(prefix.status()).isEqualTo(308);
    assertThat(prefix.field("Location")).isEqualTo("https://c.test/pre/a?q=1");
    assertThat(Client.get(at, "/other").body()).isEqualTo("normal");
  }

  @Test
  void aKeepAliveClientSeesNewRoutesAtItsNextRequest() throws IOException {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(normal))));
    try (Client client = Client.to(at)) {
      assertThat(client.get("/a").body()).isEqualTo("normal");

      fixture.proxy.apply(
          plan(
              routed(frontend(), route("a", "/a", new Action.Forward("special"))),
              pool(endpoint(normal)),
              pool("special", endpoint(special))));

      assertThat(client.get("/a").body()).isEqualTo("special");
      assertThat(client.get("/b").body()).isEqualTo("normal");
    }
  }

  @Test
  void aPatternThatIsNoneIsToldAndLeavesWhatServed() throws IOException {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(normal))));
    Route broken =
        new Route("x", List.of(path("(", Comparison.REGEX)), new Action.Forward("special"));

    ApplyResult result =
        fixture.proxy.apply(
            plan(
                routed(frontend(), broken),
                pool(endpoint(normal)),
                pool("special", endpoint(special))));

    assertThat(result.frontends().get("web")).isInstanceOf(ApplyResult.NotBound.class);
    assertThat(Client.get(at, "/").body()).isEqualTo("normal");
  }

  private String served(Match match, String request) throws IOException {
    InetSocketAddress at =
        fixture.serve(
            plan(
                routed(frontend(), new Route("r", List.of(match), new Action.Forward("special"))),
                pool(endpoint(normal)),
                pool("special", endpoint(special))));
    try (Client client = Client.to(at)) {
      client.send(request);
      return client.receive().body();
    }
  }

  /// Fields are separated by `; `; a `~` stands for a semicolon.
  private static String request(String target, String fields) {
    StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
    if (fields == null || !fields.startsWith("Host:")) {
      request.append("Host: app.test\r\n");
    }
    if (fields != null) {
      Arrays.stream(fields.split("; "))
          .forEach(field -> request.append(field.replace('~', ';')).append("\r\n"));
    }
    return request + "\r\n";
  }

  private static Subject subject(String text) {
    String[] words = text.split(" ");
    return switch (words[0]) {
      case "HOST" -> new Subject.Host();
      case "PATH" -> new Subject.Path();
      case "FILE" -> new Subject.FileType();
      case "HEADER" -> new Subject.Header(words[1]);
      case "COOKIE" -> new Subject.Cookie(words[1]);
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Route route(String name, String prefix, Action action) {
    return new Route(name, List.of(path(prefix, Comparison.STARTS_WITH)), action);
  }

  private static Match path(String value, Comparison comparison) {
    return new Match(new Subject.Path(), comparison, value, false);
  }
}
