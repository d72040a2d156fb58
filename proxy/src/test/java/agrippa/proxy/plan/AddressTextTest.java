package agrippa.proxy.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Addresses as RFC 5952 has them: examples of its section 4, and edges.
class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.255, 192.0.2.255",
    "2001:db8:0:0:0:0:0:1, 2001:db8::1",
    "2001:0db8::0001, 2001:db8::1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:1, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "fe80:0:0:0:0:0:0:0, fe80::"
  })
  void isTheShortestForm(String given, String wanted) {
    assertThat(AddressText.of(InetAddress.ofLiteral(given))).isEqualTo(wanted);
  }

  @Test
  void hasNoZone() throws UnknownHostException {
    byte[] bytes = InetAddress.ofLiteral("fe80::1").getAddress();
    assertThat(AddressText.of(Inet6Address.getByAddress(null, bytes, 7))).isEqualTo("fe80::1");
  }

  @Test
  void isInBracketsWithinUrls() {
    assertThat(AddressText.literal(InetAddress.ofLiteral("fd00::1"))).isEqualTo("[fd00::1]");
    assertThat(AddressText.literal(InetAddress.ofLiteral("127.0.0.1"))).isEqualTo("127.0.0.1");
  }

  @Test
  void hasFourOrSixteenBytes() {
    assertThatThrownBy(() -> AddressText.of(new byte[5]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
