package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "::, ::",
    "::1, ::1",
    "fe80::, fe80::",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "1:0:0:2:3:0:0:4, 1::2:3:0:0:4",
    "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
  })
  void haveOneCanonicalText(String written, String canonical) {
    assertThat(Addresses.text(Addresses.of(written))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "10.1",
        "10.1.2",
        "10.1.2.256",
        "1.2.3.4.5",
        "localhost",
        ":::",
        "fe80::1%lo"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThat(Addresses.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.0.0.0/8, 10.255.255.255",
    "10.1.2.3, 10.1.2.3/32, 10.1.2.3",
    "0.0.0.0/0, 0.0.0.0/0, 255.255.255.255",
    "fd00::1/64, fd00::/64, fd00::ffff:ffff:ffff:ffff",
  })
  void networksKnowTheirEnds(String written, String canonical, String last) {
    Cidr cidr = Cidr.of(written);
    assertThat(cidr).hasToString(canonical);
    assertThat(Addresses.text(cidr.last())).isEqualTo(last);
    assertThat(cidr.contains(cidr.first())).isTrue();
    assertThat(cidr.contains(cidr.last())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "/8", "fd00::/129"})
  void refusesWhatIsNoNetwork(String text) {
    assertThat(Cidr.parse(text)).isEmpty();
  }

  @Test
  void networksOverlapIfOneContainsTheOther() {
    assertThat(Cidr.of("10.0.0.0/8").overlaps(Cidr.of("10.1.0.0/16"))).isTrue();
    assertThat(Cidr.of("10.1.0.0/16").overlaps(Cidr.of("10.0.0.0/8"))).isTrue();
    assertThat(Cidr.of("10.1.0.0/16").overlaps(Cidr.of("10.2.0.0/16"))).isFalse();
    assertThat(Cidr.of("0.0.0.0/0").overlaps(Cidr.of("::/0"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.10.10.150, 127.10.10.150",
    "203.0.113.7, 127.0.113.7",
    "127.1.2.3, 127.1.2.3",
    "fd00::a:b0c, 127.10.11.12",
  })
  void haveAnImageOnThisMachine(String address, String image) {
    assertThat(Addresses.text(Mirror.image(Addresses.of(address)))).isEqualTo(image);
  }

  @ParameterizedTest
  @CsvSource({
    "10.10.0.0/16, 127.10.0.0/16",
    "10.0.0.0/8, 127.0.0.0/8",
    "fd00::a:b00/120, 127.10.11.0/24",
    "fd00::/64, 127.0.0.0/8",
  })
  void networksHaveAnImageOnThisMachine(String network, String image) {
    assertThat(Mirror.image(Cidr.of(network))).hasToString(image);
  }
}
