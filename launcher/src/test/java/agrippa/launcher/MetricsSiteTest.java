package agrippa.launcher;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.launcher.MetricsSite.Readers;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Site;
import java.io.InputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsSiteTest {
  private static final Identity IDENTITY =
      new Identity() {
        @Override
        public Optional<Caller> authenticate(String token) {
          return switch (token) {
            case "of-admin" -> Optional.of(new Caller("a", null, Set.of("admin"), token));
            case "of-member" -> Optional.of(new Caller("m", null, Set.of("member"), token));
            default -> Optional.empty();
          };
        }

        @Override
        public String publicUrl() {
          return "http://127.0.0.1/identity";
        }
      };

  private static Reply ask(
      Readers readers,
      boolean behindProxy,
      String client,
      @Nullable String token,
      @Nullable String header) {
    Site site =
        new MetricsSite(
                readers,
                behindProxy,
                IDENTITY,
                List.of(new MetricsSite.OfProcess("agrippa_event_loops", "Loops.", () -> 2)),
                () -> List.of("one\n".getBytes(US_ASCII), "two\n".getBytes(US_ASCII)).iterator())
            .site();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    if (token != null) {
      headers.put("x-auth-token", List.of(token));
    }
    if (header != null) {
      headers.put(header, List.of("192.0.2.1"));
    }
    Request request =
        new Request(
            "GET",
            "/",
            "http://127.0.0.1/metrics",
            Map.of(),
            Map.of(),
            headers,
            new byte[0],
            client,
            "req-1",
            InputStream.nullInputStream());
    return site.filter().handle(request, site.routes().all().getFirst().handler());
  }

  @ParameterizedTest
  @CsvSource({
    "LOCAL, false, 127.0.0.1, , , 200",
    "LOCAL, false, ::1, , , 200",
    "LOCAL, false, 192.0.2.1, , , 401",
    "LOCAL, false, 192.0.2.1, of-admin, , 200",
    "LOCAL, false, 192.0.2.1, of-member, , 401",
    "LOCAL, false, 127.0.0.1, , x-forwarded-for, 401",
    "LOCAL, false, 127.0.0.1, , forwarded, 401",
    "LOCAL, true, 127.0.0.1, , x-forwarded-for, 200",
    "LOCAL, true, 192.0.2.1, , x-forwarded-for, 401",
    "LOCAL, true, unknown, , , 401",
    "ADMINS, false, 127.0.0.1, , , 401",
    "ADMINS, false, 127.0.0.1, of-admin, , 200",
    "NOBODY, false, 127.0.0.1, of-admin, , 404"
  })
  void areForOperators(
      Readers readers,
      boolean behindProxy,
      String client,
      @Nullable String token,
      @Nullable String header,
      int status) {
    assertThat(ask(readers, behindProxy, client, token, header).status()).isEqualTo(status);
  }

  @Test
  void areOfTheProcessAndThenOfLoadBalancers() {
    Iterator<byte[]> pieces = ask(Readers.LOCAL, false, "127.0.0.1", null, null).pieces();
    StringBuilder page = new StringBuilder();
    pieces.forEachRemaining(it -> page.append(new String(it, US_ASCII)));

    assertThat(page)
        .hasToString(
            "# HELP agrippa_event_loops Loops.\n# TYPE agrippa_event_loops gauge\nagrippa_event_loops 2\none\ntwo\n");
  }
}
