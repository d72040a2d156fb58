package agrippa.cloud.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.cloud.openstack.TestKeystone;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.ProjectId;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose tokens a real Keystone says they are, and for how long that is remembered.
class KeystoneIdentityTest {
  private static final Duration FRESHNESS = Duration.ofMinutes(5);

  private final TestKeystone keystone = new TestKeystone();
  private final Identity identity =
      new KeystoneIdentity(
          keystone.session(), keystone.now::get, FRESHNESS, URI.create("http://public/identity"));

  KeystoneIdentityTest() throws Exception {}

  @AfterEach
  void stop() {
    keystone.close();
  }

  private void know(String token, String project, Duration life) {
    keystone.known.put(
        token,
        """
        "user": {"id": "u1"}, %s "roles": [{"name": "member"}, {"name": "reader"}],
        "expires_at": "%s"
        """
            .formatted(project, keystone.now.get().plus(life)));
  }

  private void know(String token) {
    know(token, "\"project\": {\"id\": \"p1\"},", Duration.ofHours(1));
  }

  private void pass(Duration time) {
    keystone.now.set(keystone.now.get().plus(time));
  }

  @Test
  void callersAreKnown() {
    know("t");
    assertThat(identity.authenticate("t"))
        .contains(new Caller("u1", new ProjectId("p1"), Set.of("member", "reader"), "t"));
    assertThat(identity.publicUrl()).isEqualTo("http://public/identity");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"system\": {\"all\": true},", "\"domain\": {\"id\": \"default\"},", ""})
  void tokensWithoutProjectHaveNone(String scope) {
    know("t", scope, Duration.ofHours(1));
    assertThat(identity.authenticate("t"))
        .contains(
            new Caller("u1", null, scope.contains("system"), Set.of("member", "reader"), "t"));
  }

  @Test
  void answersAreRememberedForAWhileOnly() {
    know("t");
    assertThat(identity.authenticate("t")).isPresent();
    keystone.known.clear();
    pass(FRESHNESS.minusSeconds(1));
    assertThat(identity.authenticate("t")).isPresent();
    assertThat(keystone.validations).hasValue(1);
    pass(Duration.ofSeconds(1));
    assertThat(identity.authenticate("t")).isEmpty();
  }

  @Test
  void nothingIsRememberedBeyondItsExpiry() {
    know("t", "", Duration.ofSeconds(30));
    assertThat(identity.authenticate("t")).isPresent();
    pass(Duration.ofSeconds(30));
    assertThat(identity.authenticate("t")).isEmpty();
    assertThat(keystone.validations).hasValue(2);
  }

  @Test
  void unknownTokensAreRememberedBriefly() {
    assertThat(identity.authenticate("t")).isEmpty();
    know("t");
    assertThat(identity.authenticate("t")).isEmpty();
    assertThat(keystone.validations).hasValue(1);
    pass(Duration.ofSeconds(10));
    assertThat(identity.authenticate("t")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nb", "é", "a\u0000b"})
  void whatCannotBeATokenIsNotAskedAbout(String token) {
    assertThat(identity.authenticate(token)).isEmpty();
    assertThat(identity.authenticate("x".repeat(4097))).isEmpty();
    assertThat(keystone.validations).hasValue(0);
    assertThat(keystone.logins).hasValue(0);
  }

  @Test
  void theSameTokenIsAskedAboutOnceAtATime() {
    know("t");
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 100).forEach(i -> many.submit(() -> identity.authenticate("t")));
    }
    assertThat(keystone.validations).hasValue(1);
    assertThat(keystone.logins).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 403, 429})
  void aKeystoneThatCannotSayIsUnavailable(int status) {
    know("t");
    know("seen");
    identity.authenticate("seen");
    keystone.fault.set(status);
    assertThatThrownBy(() -> identity.authenticate("t"))
        .isInstanceOf(ServiceUnavailableException.class);
    assertThat(identity.authenticate("seen")).isPresent();
    keystone.fault.set(0);
    assertThat(identity.authenticate("t")).isPresent();
  }

  @Test
  void aKeystoneThatIsAwayIsUnavailable() {
    keystone.stop();
    assertThatThrownBy(() -> identity.authenticate("t"))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("Keystone at 127.0.0.1");
  }
}
