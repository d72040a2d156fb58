package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS 1.0 and 1.1, which the JDK's engine does not speak any more.
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("kinds")
class OldVersionsTest {
  private final Rig.Kind kind;
  private final Certificate certificate = new Pki("authority").issue("localhost");
  private Rig rig;
  private TlsContext tls;

  OldVersionsTest(Rig.Kind kind) {
    this.kind = kind;
  }

  static Stream<Rig.Kind> kinds() {
    return Rig.kinds().filter(kind -> kind.engine().equals("openssl"));
  }

  @BeforeEach
  void start() throws Exception {
    assumeThat(OpensslTool.present()).as("an openssl command").isTrue();
    rig = kind.start();
    tls = rig.engine.server(Rig.server(certificate));
  }

  @AfterEach
  void stop() {
    if (rig != null) {
      tls.close();
      rig.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void speaksOldVersionsIfToldTo(String version) throws Exception {
    List<String> old = List.of("TLSv1", "TLSv1.1");
    try (TlsContext lax = rig.engine.server(Rig.speaking(Rig.server(certificate), old, ""));
        OpensslTool client =
            OpensslTool.client(
                rig.listen(lax, Echo::on), version, "-cipher", "DEFAULT@SECLEVEL=0")) {
      client.say("hello");
      client.hears("hello");
    }
    try (OpensslTool client =
        OpensslTool.client(rig.listen(tls, Echo::on), version, "-cipher", "DEFAULT@SECLEVEL=0")) {
      assertThat(client.end()).contains("alert protocol version");
      assertThat(rig.failed()).isTrue();
    }
  }
}
