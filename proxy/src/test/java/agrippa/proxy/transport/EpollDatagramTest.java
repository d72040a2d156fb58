package agrippa.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class EpollDatagramTest extends DatagramContract {
  @Override
  Transport transport() {
    return Transport.EPOLL;
  }

  /// The JDK's sockets cannot do that.
  @Test
  void aLinkSendsTheEmpty() throws IOException {
    assertThat(sentByLink("")).isEmpty();
  }
}
