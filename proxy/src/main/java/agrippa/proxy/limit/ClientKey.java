package agrippa.proxy.limit;

/// Who counts as one client: an IPv4 address, or an IPv6 network of 64 bits, in which one customer
/// can have as many addresses as he likes.
final class ClientKey {
  // The 64 bits of ::ffff:0:0, in which no network lies.
  private static final long IPV4 = 0xffffL << 32;

  private ClientKey() {}

  /// @param address in network order
  static long of(byte[] address) {
    long key = address.length == 4 ? IPV4 >>> 32 : 0;
    for (int i = 0; i < Math.min(8, address.length); i++) {
      key = key << 8 | (address[i] & 0xff);
    }
    return key;
  }
}
