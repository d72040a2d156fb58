package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Value;
import agrippa.model.ListenerProtocol;
import agrippa.model.PoolProtocol;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedTagsTest {
  private static Optional<String> ofListener(String... tags) {
    var listener = listener("web", ListenerProtocol.HTTP, 80).tagged(tags).build();
    return ReservedTags.complaint(tree(List.of(listener), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "agrippa", "blue", "agrippa=1", "agrippa:tunnel_timeout=1"})
  void takesWhatIsUnderstoodOrNotReserved(String tag) {
    assertThat(ofListener(tag)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          agrippa:                   | tags that begin with agrippa: are of the form agrippa:KEY=VALUE.
          agrippa:tunnel_timeout     | tags that begin with agrippa: are of the form agrippa:KEY=VALUE.
          agrippa:tunnel_timeout=    | the value must be a number of seconds from 1 to 604800.
          agrippa:tunnel_timeout=0   | the value must be a number of seconds from 1 to 604800.
          agrippa:tunnel_timeout=1 s | the value must be a number of seconds from 1 to 604800.
          agrippa:l4=kernel          | l4 is said by flavors, not by tags.
          agrippa:access_log=never   | the value must be on, off, or a number from 1 to 1000000.
          agrippa:trace=true         | the value must be on or off.
          agrippa:h2c=true           | h2c is a tag of load balancers, pools, not of listeners.
          """)
  void saysWhatIsWrong(String tag, String why) {
    assertThat(ofListener("blue", tag)).contains("Tag '%s': %s".formatted(tag, why));
  }

  @Test
  void saysWhatWouldBeUnderstood() {
    assertThat(ofListener("agrippa:tunel_timeout=1").orElseThrow())
        .startsWith("Tag 'agrippa:tunel_timeout=1': no such tag of listeners is understood, only ")
        .contains("tunnel_timeout");
  }

  /// It may come, and must not seem to be there.
  @Test
  void refusesHttp3() {
    assertThat(ofListener("agrippa:http3=true").orElseThrow())
        .startsWith("Tag 'agrippa:http3=true': no such tag of listeners is understood, only ");
  }

  @Test
  void refusesTheSecondOfWhatIsSaidOnce() {
    assertThat(ofListener("agrippa:tunnel_timeout=1", "agrippa:tunnel_timeout=2"))
        .contains("Tag 'agrippa:tunnel_timeout=2': tunnel_timeout may be given 1 times at most.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"192.0.2.0/24", "192.0.2.1", "2001:db8::/32,192.0.2.0/24", "::1", "0.0.0.0/0"})
  void takesNetworks(String value) {
    assertThat(ofListener("agrippa:accept_proxy=" + value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "192.0.2.0/33",
        "::/129",
        "10",
        "192.0.2",
        "fe80::1%lo",
        "a.test",
        "1::2,"
      })
  void refusesWhatIsNoNetwork(String value) {
    assertThat(ofListener("agrippa:accept_proxy=" + value).orElseThrow())
        .contains("the value must be CIDRs such as");
  }

  @Test
  void looksAtPools() {
    var pool = pool("servers", PoolProtocol.HTTP).tagged("agrippa:h2c=yes").build();
    assertThat(ReservedTags.complaint(tree(List.of(), List.of(pool))))
        .contains("Tag 'agrippa:h2c=yes': the value must be true or false.");
  }

  @Test
  void aThingCountsBeforeItsLoadBalancerAndThatBeforeTheFlavor() {
    var flavor =
        Extended.flavor(
            new ProfileSettings(
                Map.of("tunnel_timeout", new Value.Number(BigDecimal.valueOf(3))), Map.of()));
    var one = List.of("agrippa:tunnel_timeout=1");
    var two = List.of("agrippa:tunnel_timeout=2");
    assertThat(new Extended(one, two, flavor).get(Extensions.TUNNEL_TIMEOUT))
        .contains(Duration.ofSeconds(1));
    assertThat(new Extended(List.of(), two, flavor).get(Extensions.TUNNEL_TIMEOUT))
        .contains(Duration.ofSeconds(2));
    assertThat(new Extended(List.of(), List.of(), flavor).get(Extensions.TUNNEL_TIMEOUT))
        .contains(Duration.ofSeconds(3));
    assertThat(new Extended(List.of(), List.of(), Map.of()).get(Extensions.TUNNEL_TIMEOUT))
        .isEmpty();
  }

  @Test
  void eachIsDescribedWithAnExample() throws Exception {
    var page = Files.readString(Path.of("../docs/extensions.md"));
    assertThat(Extensions.ALL)
        .allSatisfy(
            it -> {
              assertThat(page).contains("| `%s` | ".formatted(it.key()));
              assertThat(page).containsPattern("(agrippa:|\")" + it.key() + "[=\"]");
            });
  }
}
