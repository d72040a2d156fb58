package agrippa.proxy.session;

import agrippa.proxy.transport.Transport;

class HttpOverEpollTest extends HttpOverLoopContract {
  @Override
  Transport transport() {
    return Transport.EPOLL;
  }
}
