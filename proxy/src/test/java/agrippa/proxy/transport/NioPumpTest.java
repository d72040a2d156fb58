package agrippa.proxy.transport;

final class NioPumpTest extends PumpContract {
  @Override
  Transport transport() {
    return Transport.NIO;
  }
}
