package agrippa.proxy.balance;

import agrippa.proxy.transport.Buffer;

/// Hashes that spread well; not for use against somebody who may choose what is hashed.
public final class Hash {
  private Hash() {}

  static long of(byte[] bytes) {
    long hash = bytes.length;
    for (byte b : bytes) {
      hash = hash * 31 + (b & 0xff);
    }
    return mix(hash);
  }

  /// Of an address and a port at it.
  static long of(byte[] address, int port) {
    return mix(of(address) + port);
  }

  /// The same as [#of(byte[])] of the bytes from `from` to `to`.
  static long of(Buffer in, int from, int to) {
    long hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + (in.at(i) & 0xff);
    }
    return mix(hash);
  }

  /// The finalizer of SplitMix64.
  public static long mix(long hash) {
    long mixed = hash + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
