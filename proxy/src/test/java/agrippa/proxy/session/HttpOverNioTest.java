package agrippa.proxy.session;

import agrippa.proxy.transport.Transport;

class HttpOverNioTest extends HttpOverLoopContract {
  @Override
  Transport transport() {
    return Transport.NIO;
  }
}
