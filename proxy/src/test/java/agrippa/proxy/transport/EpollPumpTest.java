package agrippa.proxy.transport;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class EpollPumpTest extends PumpContract {
  @Override
  Transport transport() {
    return Transport.EPOLL;
  }
}
