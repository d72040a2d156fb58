package agrippa.proxy.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Where a datagram comes from or goes to. It is written over for each datagram, so that receiving
/// allocates nothing; who looks it up in a map uses a [#copy] as the key.
public final class PeerAddress implements Comparable<PeerAddress> {
  private boolean ipv6;
  private long high;
  private long low;
  private int scope;
  private int port;
  private @Nullable InetSocketAddress made;

  /// @param address as a number
  public void setIpv4(int address, int newPort) {
    set(false, 0, Integer.toUnsignedLong(address), 0, newPort);
  }

  /// @param newHigh the first eight bytes as a number
  /// @param newLow the last eight
  /// @param newScope the interface of a link-local address, else 0
  public void setIpv6(long newHigh, long newLow, int newScope, int newPort) {
    set(true, newHigh, newLow, newScope, newPort);
  }

  public void set(InetSocketAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress().getAddress());
    if (address.getAddress() instanceof Inet6Address six) {
      setIpv6(bytes.getLong(), bytes.getLong(), six.getScopeId(), address.getPort());
    } else {
      setIpv4(bytes.getInt(), address.getPort());
    }
    made = address;
  }

  private void set(boolean newIpv6, long newHigh, long newLow, int newScope, int newPort) {
    ipv6 = newIpv6;
    high = newHigh;
    low = newLow;
    scope = newScope;
    port = newPort;
    made = null;
  }

  public PeerAddress copy() {
    PeerAddress copy = new PeerAddress();
    copy.set(ipv6, high, low, scope, port);
    copy.made = made;
    return copy;
  }

  public boolean ipv6() {
    return ipv6;
  }

  /// The first eight bytes of an IPv6 address.
  public long high() {
    return high;
  }

  /// The last eight bytes of an IPv6 address, or the IPv4 address.
  public long low() {
    return low;
  }

  public int scope() {
    return scope;
  }

  public int port() {
    return port;
  }

  /// The address in network order.
  public byte[] bytes() {
    return ipv6
        ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
        : ByteBuffer.allocate(4).putInt((int) low).array();
  }

  /// The same as the JDK's value, which is made once.
  public InetSocketAddress socketAddress() {
    InetSocketAddress known = made;
    if (known != null) {
      return known;
    }
    try {
      InetAddress address =
          ipv6
              ? Inet6Address.getByAddress(null, bytes(), scope)
              : InetAddress.getByAddress(bytes());
      made = new InetSocketAddress(address, port);
      return made;
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are addresses", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PeerAddress that
        && low == that.low
        && port == that.port
        && high == that.high
        && ipv6 == that.ipv6
        && scope == that.scope;
  }

  @Override
  public int hashCode() {
    long mixed = (high * 31 + low) * 0x9e3779b97f4a7c15L + port;
    return (int) (mixed >>> 32) * 31 + (int) mixed;
  }

  /// Any order will do: it keeps lookups fast for those whose hash a hostile client met.
  @Override
  public int compareTo(PeerAddress other) {
    int order = Boolean.compare(ipv6, other.ipv6);
    order = order == 0 ? Long.compare(low, other.low) : order;
    order = order == 0 ? Integer.compare(port, other.port) : order;
    order = order == 0 ? Long.compare(high, other.high) : order;
    return order == 0 ? Integer.compare(scope, other.scope) : order;
  }

  @Override
  public String toString() {
    return socketAddress().toString();
  }
}
