package agrippa.proxy.transport.epoll;

import static java.nio.ByteOrder.BIG_ENDIAN;

import agrippa.proxy.transport.PeerAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// A `struct sockaddr_in` or `sockaddr_in6` in native memory, reused for many addresses.
final class SocketAddress {
  static final int CAPACITY = 28;

  private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(BIG_ENDIAN);
  private static final ValueLayout.OfInt IPV4 = ValueLayout.JAVA_INT.withOrder(BIG_ENDIAN);
  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(BIG_ENDIAN);
  private static final int PORT_AT = 2;
  private static final int IPV4_AT = 4;
  private static final int IPV4_LENGTH = 16;
  private static final int FLOW_AT = 4;
  private static final int IPV6_AT = 8;
  private static final int SCOPE_AT = 24;

  private final MemorySegment memory;

  SocketAddress(Arena arena) {
    this.memory = arena.allocate(CAPACITY, 8);
  }

  long address() {
    return memory.address();
  }

  int family() {
    return memory.get(FAMILY, 0);
  }

  int length() {
    return family() == Kernel.AF_INET ? IPV4_LENGTH : CAPACITY;
  }

  /// @param address resolved
  SocketAddress set(InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    memory.fill((byte) 0);
    memory.set(FAMILY, 0, (short) (bytes.length == 4 ? Kernel.AF_INET : Kernel.AF_INET6));
    memory.set(PORT, PORT_AT, (short) address.getPort());
    MemorySegment.copy(
        bytes,
        0,
        memory,
        ValueLayout.JAVA_BYTE,
        bytes.length == 4 ? IPV4_AT : IPV6_AT,
        bytes.length);
    if (address.getAddress() instanceof Inet6Address ipv6) {
      memory.set(ValueLayout.JAVA_INT, SCOPE_AT, ipv6.getScopeId());
    }
    return this;
  }

  SocketAddress set(PeerAddress address) {
    memory.set(PORT, PORT_AT, (short) address.port());
    if (address.ipv6()) {
      memory.set(FAMILY, 0, (short) Kernel.AF_INET6);
      memory.set(ValueLayout.JAVA_INT, FLOW_AT, 0);
      memory.set(WORD, IPV6_AT, address.high());
      memory.set(WORD, IPV6_AT + Long.BYTES, address.low());
      memory.set(ValueLayout.JAVA_INT, SCOPE_AT, address.scope());
    } else {
      memory.set(FAMILY, 0, (short) Kernel.AF_INET);
      memory.set(IPV4, IPV4_AT, (int) address.low());
    }
    return this;
  }

  /// Whether it is the same.
  boolean is(PeerAddress address) {
    if (Short.toUnsignedInt(memory.get(PORT, PORT_AT)) != address.port()
        || address.ipv6() != (family() == Kernel.AF_INET6)) {
      return false;
    }
    return address.ipv6()
        ? memory.get(WORD, IPV6_AT) == address.high()
            && memory.get(WORD, IPV6_AT + Long.BYTES) == address.low()
            && memory.get(ValueLayout.JAVA_INT, SCOPE_AT) == address.scope()
        : memory.get(IPV4, IPV4_AT) == (int) address.low();
  }

  void get(PeerAddress into) {
    int port = Short.toUnsignedInt(memory.get(PORT, PORT_AT));
    if (family() == Kernel.AF_INET) {
      into.setIpv4(memory.get(IPV4, IPV4_AT), port);
    } else {
      into.setIpv6(
          memory.get(WORD, IPV6_AT),
          memory.get(WORD, IPV6_AT + Long.BYTES),
          memory.get(ValueLayout.JAVA_INT, SCOPE_AT),
          port);
    }
  }

  InetSocketAddress get() {
    boolean ipv4 = family() == Kernel.AF_INET;
    byte[] bytes = new byte[ipv4 ? 4 : 16];
    MemorySegment.copy(
        memory, ValueLayout.JAVA_BYTE, ipv4 ? IPV4_AT : IPV6_AT, bytes, 0, bytes.length);
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(bytes), Short.toUnsignedInt(memory.get(PORT, PORT_AT)));
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are addresses", e);
    }
  }
}
