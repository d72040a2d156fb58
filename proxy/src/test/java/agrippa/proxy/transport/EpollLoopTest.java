package agrippa.proxy.transport;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class EpollLoopTest extends LoopContract {
  @Override
  Transport transport() {
    return Transport.EPOLL;
  }
}
