package agrippa.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthcheckTest {
  private static final Healthcheck.Part GOOD = new Healthcheck.Part("loop", Optional::empty);
  private static final Healthcheck.Part BAD =
      new Healthcheck.Part("database", () -> Optional.of("disk full"));
  private static final Healthcheck.Part BROKEN =
      new Healthcheck.Part(
          "network",
          () -> {
            throw new IllegalStateException("gone");
          });

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | text/plain; charset=UTF-8 | OK",
        "*/* | text/plain; charset=UTF-8 | OK",
        "image/png | text/plain; charset=UTF-8 | OK",
        "text/plain, application/json | text/plain; charset=UTF-8 | OK",
        "application/json;q=1 | application/json | {\"detailed\":false,\"reasons\":[\"OK\"]}",
      })
  void aProgramThatWorksIsOk(String accept, String type, String body) {
    Reply reply = check(false, GOOD).answer(request("GET", accept));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsEntry("Content-Type", type);
    assertThat(text(reply)).isEqualTo(body);
  }

  @Test
  void reasonsNameTheParts() {
    Reply reply = check(false, GOOD, BAD, BROKEN).answer(request("GET", "text/plain"));
    assertThat(reply.status()).isEqualTo(503);
    assertThat(text(reply)).isEqualTo("The database does not work.\nThe network does not work.");
  }

  @Test
  void detailsAreForOperatorsWhoWantThem() {
    Healthcheck check = check(true, GOOD, BAD, BROKEN);
    assertThat(text(check.answer(request("GET", ""))))
        .isEqualTo("loop: OK\ndatabase: disk full\nnetwork: java.lang.IllegalStateException: gone");
    assertThat(text(check.answer(request("GET", "application/json"))))
        .isEqualTo(
            """
            {"detailed":true,"reasons":[\
            {"class":"loop","reason":"OK","details":""},\
            {"class":"database","reason":"The database does not work.","details":"disk full"},\
            {"class":"network","reason":"The network does not work.",\
            "details":"java.lang.IllegalStateException: gone"}]}""");
  }

  @Test
  void headHasAStatusAlone() {
    assertThat(check(false, GOOD).answer(request("HEAD", "")).status()).isEqualTo(204);
    assertThat(check(false, BAD).answer(request("HEAD", "")).status()).isEqualTo(503);
  }

  @Test
  void aPartThatHangsIsBadAndIsNotAskedAgain() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger looks = new AtomicInteger();
    Healthcheck check =
        new Healthcheck(
            List.of(
                new Healthcheck.Part(
                    "database",
                    () -> {
                      looks.incrementAndGet();
                      await(released);
                      return Optional.empty();
                    })),
            true,
            Duration.ofMillis(50),
            now::get);
    for (int i = 0; i < 3; i++) {
      assertThat(text(check.answer(request("GET", ""))))
          .isEqualTo("database: no answer within 0.1 s");
      now.updateAndGet(it -> it.plusSeconds(2));
    }
    assertThat(looks).hasValue(1);
    released.countDown();
  }

  @Test
  void manyQuestionsAreOneLook() {
    AtomicInteger looks = new AtomicInteger();
    Healthcheck check =
        check(
            false,
            new Healthcheck.Part(
                "database",
                () -> looks.incrementAndGet() > 1 ? Optional.of("down") : Optional.empty()));
    for (int i = 0; i < 10; i++) {
      assertThat(check.answer(request("GET", "")).status()).isEqualTo(200);
    }
    assertThat(looks).hasValue(1);
    now.updateAndGet(it -> it.plusSeconds(1));
    assertThat(check.answer(request("GET", "")).status()).isEqualTo(503);
  }

  private Healthcheck check(boolean detailed, Healthcheck.Part... parts) {
    return new Healthcheck(List.of(parts), detailed, Duration.ofSeconds(30), now::get);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  private static Request request(String method, String accept) {
    return new Request(
        method,
        "/",
        "http://h",
        Map.of(),
        Map.of(),
        Map.of("accept", List.of(accept)),
        new byte[0],
        "127.0.0.1",
        "req-1",
        InputStream.nullInputStream());
  }
}
