package agrippa.proxy.transport;

final class NioChannelTest extends ChannelContract {
  @Override
  Transport transport() {
    return Transport.NIO;
  }
}
