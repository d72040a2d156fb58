package agrippa.proxy.balance;

import java.net.InetSocketAddress;

/// Who wants to be served, as far as the choice of an endpoint depends on it.
///
/// @param address in network order; not changed afterwards
public record Client(byte[] address, int port) {
  public static Client at(InetSocketAddress address) {
    return new Client(address.getAddress().getAddress(), address.getPort());
  }
}
