package agrippa.cloud.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.spi.ServiceUnavailableException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The service user's token and the catalogue.
class KeystoneSessionTest {
  private static final String CATALOG =
      """
      [{"type": "network", "endpoints": [
         {"interface": "internal", "region": "RegionOne", "url": "http://internal/"},
         {"interface": "public", "region": "RegionTwo", "url": "http://two/"},
         {"interface": "public", "region": "RegionOne", "url": "http://one/network/"}]},
       {"type": "key-manager", "endpoints": [
         {"interface": "public", "region": "RegionOne", "url": "not a url"}]}]
      """;

  private final TestKeystone keystone = new TestKeystone();

  KeystoneSessionTest() throws Exception {}

  @AfterEach
  void stop() {
    keystone.close();
  }

  @Test
  void oneTokenServesUntilShortlyBeforeItExpires() {
    KeystoneSession session = keystone.session();
    assertThat(session.userId()).isEqualTo("service-1");
    keystone.next.set("service-2");
    keystone.now.set(keystone.now.get().plus(Duration.ofMinutes(58)));
    assertThat(session.userId()).isEqualTo("service-1");
    keystone.now.set(keystone.now.get().plus(Duration.ofMinutes(1)));
    assertThat(session.userId()).isEqualTo("service-2");
    assertThat(keystone.logins).hasValue(2);
  }

  @Test
  void aTokenServesToItsEndWhileKeystoneIsAway() {
    KeystoneSession session = keystone.session();
    session.userId();
    keystone.stop();
    keystone.now.set(keystone.now.get().plus(Duration.ofMinutes(59).plusSeconds(59)));
    assertThat(session.userId()).isEqualTo("service-1");
    keystone.now.set(keystone.now.get().plusSeconds(2));
    assertThatThrownBy(session::userId)
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("Keystone at 127.0.0.1")
        .hasMessageNotContaining(TestKeystone.USER.password());
  }

  @Test
  void aTokenThatIsRefusedIsRenewedOnce() {
    KeystoneSession session = keystone.session();
    session.userId();
    keystone.revoked.add("service-1");
    keystone.next.set("service-2");
    assertThat(session.validate("somebody's").status()).isEqualTo(404);
    assertThat(keystone.logins).hasValue(2);
    keystone.revoked.add("service-2");
    assertThatThrownBy(() -> session.validate("somebody's"))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("refuses the service user's token");
    assertThat(keystone.logins).hasValue(3);
  }

  @Test
  void aWrongPasswordIsNotTriedAgainAtOnce() {
    keystone.password.set("another");
    KeystoneSession session = keystone.session();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(session::userId)
          .isInstanceOf(ServiceUnavailableException.class)
          .hasMessageContaining("refuses the service user 'agrippa' with status 401");
    }
    assertThat(keystone.logins).hasValue(1);
    keystone.password.set(TestKeystone.USER.password());
    keystone.now.set(keystone.now.get().plusSeconds(10));
    assertThat(session.userId()).isEqualTo("service-1");
  }

  @Test
  void theCatalogueIsReadByRegionAndInterface() {
    keystone.catalog.set(CATALOG);
    assertThat(keystone.session().endpoint("network")).isEqualTo(URI.create("http://one/network/"));
    assertThat(keystone.session("RegionTwo").endpoint("network"))
        .isEqualTo(URI.create("http://two/"));
    assertThatThrownBy(() -> keystone.session("RegionTwo").endpoint("key-manager"))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessage(
            "Keystone's catalogue has no public endpoint of a key-manager service in RegionTwo");
    assertThatThrownBy(() -> keystone.session().endpoint("key-manager"))
        .isInstanceOf(ServiceUnavailableException.class);
  }

  @Test
  void versionsAreAddedOnce() {
    for (String url :
        new String[] {"http://h:1", "http://h:1/", "http://h:1/v3", "http://h:1/v3/"}) {
      assertThat(Urls.versioned(URI.create(url), "v3")).isEqualTo(URI.create("http://h:1/v3"));
    }
  }

  @Test
  void nothingSaysItsSecrets() {
    assertThat(TestKeystone.USER.toString()).doesNotContain(TestKeystone.USER.password());
  }
}
