package agrippa.proxy.transport;

final class NioDatagramTest extends DatagramContract {
  @Override
  Transport transport() {
    return Transport.NIO;
  }
}
