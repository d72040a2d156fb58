package agrippa.provider.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.provider.accesslog.AccessLogSettings.Place;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogSettingsTest {
  private static Place place(String text) {
    return AccessLogSettings.parse(text).orElseThrow().place();
  }

  @Test
  void sayWhatAndWhere() {
    assertThat(AccessLogSettings.parse("octavia:stdout"))
        .contains(new AccessLogSettings(Format.OCTAVIA, new Place.Stdout(), 1));
    assertThat(place("json:file:/var/log/a:b.log"))
        .isEqualTo(new Place.File(Path.of("/var/log/a:b.log"), 100 << 20, 10));
    assertThat(place("json:udp:logs.example:514"))
        .isEqualTo(new Place.Collector(false, "logs.example", 514));
    assertThat(place("json:tcp:[2001:db8::1]:601"))
        .isEqualTo(new Place.Collector(true, "2001:db8::1", 601));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "json",
        "json:",
        "xml:stdout",
        "JSON:stdout",
        "json:file:",
        "json:udp:host",
        "json:udp:host:0",
        "json:tcp:host:65536",
        "json:tcp:::1:601",
        "json:tcp:a/b:601",
        "stdout"
      })
  void areNothingElse(String text) {
    assertThat(AccessLogSettings.parse(text)).isEmpty();
  }
}
