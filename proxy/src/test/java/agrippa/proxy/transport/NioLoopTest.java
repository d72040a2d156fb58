package agrippa.proxy.transport;

final class NioLoopTest extends LoopContract {
  @Override
  Transport transport() {
    return Transport.NIO;
  }
}
