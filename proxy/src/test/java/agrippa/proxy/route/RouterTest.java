package agrippa.proxy.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.http.HeadLimits;
import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Route.Action;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.TlsInfo;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
  private static final String REQUEST =
      """
      GET /Img/logo.PNG?size=/x.css HTTP/1.1\r
      Host: WWW.Example.com:8080\r
      Accept: text/html, application/json;q="a,b" ,text/plain\r
      accept: image/png\r
      Cookie: a=1; session=Abc-9; b=2\r
      Cookie: late=yes; session=second\r
      X-Empty:\r
      \r
      """;

  @ParameterizedTest(name = "{0} {1} {2} {3}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          host   | -       | EQUAL_TO    | www.example.COM:8080 | true
          host   | -       | EQUAL_TO    | www.example.com      | false
          host   | -       | STARTS_WITH | wWw.                 | true
          host   | -       | ENDS_WITH   | .COM:8080            | true
          host   | -       | CONTAINS    | EXAMPLE              | true
          host   | -       | CONTAINS    | example.org          | false
          host   | -       | REGEX       | ^www\\.[a-z]+\\.com  | true
          host   | -       | REGEX       | ^example             | false
          path   | -       | EQUAL_TO    | /Img/logo.PNG        | true
          path   | -       | EQUAL_TO    | /img/logo.png        | false
          path   | -       | STARTS_WITH | /Img                 | true
          path   | -       | STARTS_WITH | /img                 | false
          path   | -       | ENDS_WITH   | .css                 | false
          path   | -       | CONTAINS    | size                 | false
          path   | -       | REGEX       | ^/[A-Z][a-z]+/.*\\.PNG$ | true
          path   | -       | REGEX       | size                 | false
          type   | -       | EQUAL_TO    | PNG                  | true
          type   | -       | EQUAL_TO    | png                  | false
          type   | -       | EQUAL_TO    | css                  | false
          type   | -       | REGEX       | '(PNG|JPG)$'         | true
          header | ACCEPT  | EQUAL_TO    | text/html            | true
          header | Accept  | EQUAL_TO    | text/plain           | true
          header | Accept  | EQUAL_TO    | image/png            | true
          header | Accept  | ENDS_WITH   | "a,b"                | true
          header | Accept  | EQUAL_TO    | TEXT/html            | false
          header | Accept  | EQUAL_TO    | text/html, application/json;q="a,b" ,text/plain | false
          header | X-Empty | EQUAL_TO    | ''                   | true
          header | X-None  | CONTAINS    | ''                   | false
          header | Accept  | REGEX       | '^image/(png|gif)$'  | true
          cookie | session | EQUAL_TO    | Abc-9                | true
          cookie | session | EQUAL_TO    | second               | true
          cookie | session | EQUAL_TO    | abc-9                | false
          cookie | Session | EQUAL_TO    | Abc-9                | false
          cookie | late    | STARTS_WITH | y                    | true
          cookie | none    | CONTAINS    | ''                   | false
          cookie | session | REGEX       | -[0-9]$              | true
          """)
  void comparesAsThePlanSays(
      String subject, String name, Comparison comparison, String value, boolean holds) {
    Subject of =
        switch (subject) {
          case "host" -> new Subject.Host();
          case "path" -> new Subject.Path();
          case "type" -> new Subject.FileType();
          case "header" -> new Subject.Header(name);
          case "cookie" -> new Subject.Cookie(name);
          default -> throw new IllegalArgumentException(subject);
        };
    assertThat(takes(new Match(of, comparison, value, false), null)).isEqualTo(holds);
    assertThat(takes(new Match(of, comparison, value, true), null)).isEqualTo(!holds);
  }

  @Test
  void certificatesAreLookedAt() throws Exception {
    TlsInfo without = new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, null, 0);
    TlsInfo with =
        new TlsInfo(
            "TLSv1.3",
            "TLS_AES_128_GCM_SHA256",
            null,
            null,
            new NamedCertificate("C=IT,O=Aqua,CN=client\\, 1"),
            10);
    Match has = match(new Subject.ClientCertificate(), Comparison.EQUAL_TO, "True");
    assertThat(takes(has, with)).isTrue();
    assertThat(takes(has, without)).isFalse();
    assertThat(takes(has, null)).isFalse();

    Match result = match(new Subject.ClientVerifyResult(), Comparison.EQUAL_TO, "10");
    assertThat(takes(result, with)).isTrue();
    assertThat(takes(result, without)).isFalse();
    assertThat(takes(result, null)).isFalse();

    Subject name = new Subject.ClientName("cn");
    assertThat(takes(match(name, Comparison.EQUAL_TO, "client, 1"), with)).isTrue();
    assertThat(takes(match(name, Comparison.STARTS_WITH, "client"), with)).isTrue();
    assertThat(takes(match(name, Comparison.ENDS_WITH, "2"), with)).isFalse();
    assertThat(takes(match(name, Comparison.CONTAINS, "ent"), with)).isTrue();
    assertThat(takes(match(name, Comparison.REGEX, "^c.*[0-9]$"), with)).isTrue();
    assertThat(takes(match(name, Comparison.REGEX, "."), without)).isFalse();
    assertThat(takes(match(new Subject.ClientName("OU"), Comparison.CONTAINS, ""), with)).isFalse();
  }

  @Test
  void namesAreWrittenAsOpenSslWritesThem() {
    X500Principal name =
        new X500Principal("EMAILADDRESS=a@b.c, CN=\"x, y\" + UID=7, OU=Zürich, O=Aqua Virgo, C=IT");
    assertThat(DistinguishedName.of(name).oneLine())
        .startsWith("/C=IT/O=Aqua Virgo/OU=Zürich/")
        .contains("/CN=x, y")
        .contains("/UID=7")
        .endsWith("/emailAddress=a@b.c");
  }

  @Test
  void theFirstRouteWhoseMatchesAllHoldDecides() {
    Match yes = match(new Subject.Path(), Comparison.STARTS_WITH, "/");
    Match no = match(new Subject.Path(), Comparison.EQUAL_TO, "/");
    Action first = new Action.Forward("first");
    Action second = new Action.Forward("second");
    assertThat(
            route(
                List.of(
                    new Route("1", List.of(yes, no), new Action.Reject()),
                    new Route("2", List.of(yes, yes), first),
                    new Route("3", List.of(yes), second)),
                null))
        .isEqualTo(first);
    assertThat(route(List.of(new Route("1", List.of(no), first)), null)).isNull();
    assertThat(route(List.of(), null)).isNull();
  }

  @Test
  void whatCannotBeCompiledIsRefused() {
    Match bad = match(new Subject.Path(), Comparison.REGEX, "(");
    assertThatThrownBy(
            () -> Router.compile(List.of(new Route("1", List.of(bad), new Action.Reject()))))
        .isInstanceOf(IllegalArgumentException.class);
    Match name = match(new Subject.ClientName("CN"), Comparison.REGEX, "[");
    assertThatThrownBy(
            () -> Router.compile(List.of(new Route("1", List.of(name), new Action.Reject()))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Match match(Subject subject, Comparison comparison, String value) {
    return new Match(subject, comparison, value, false);
  }

  private static boolean takes(Match match, TlsInfo tls) {
    return route(List.of(new Route("r", List.of(match), new Action.Reject())), tls) != null;
  }

  private static Action route(List<Route> routes, TlsInfo tls) {
    Buffer in = Buffer.allocate(4_096);
    byte[] bytes = REQUEST.getBytes(UTF_8);
    in.put(0, bytes, 0, bytes.length);
    in.produced(bytes.length);
    RequestHead head = new RequestHead(HeadLimits.STANDARD);
    assertThat(new HeadScanner(HeadLimits.STANDARD).request(in, head)).isEqualTo(bytes.length);
    return Router.compile(routes).route(in, head, tls);
  }
}
