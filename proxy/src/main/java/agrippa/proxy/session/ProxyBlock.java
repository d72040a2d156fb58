package agrippa.proxy.session;

import static agrippa.proxy.session.ProxyHeaderScanner.FIXED;

import agrippa.proxy.session.ProxyHeaderScanner.Told;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Version 2 of the PROXY protocol: addresses in binary, then typed values, which are skipped but
/// for the checksum.
final class ProxyBlock {
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int CHECKSUM = 0x03;
  private static final int CHECKSUM_LENGTH = 4;

  /// What is told of addresses.
  private enum Family {
    UNSPECIFIED(0, 0),
    IPV4(1, 12),
    IPV6(2, 36),
    UNIX(3, 216);

    private final int number;
    private final int bytes;

    Family(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }
  }

  private ProxyBlock() {}

  /// @param length of the whole header, which is complete and begins with the signature
  static Told read(byte[] header, int length) {
    return switch (header[12] & 0xff) {
      // Whatever follows is to be skipped.
      case LOCAL -> new Told.Nothing();
      case PROXY -> proxied(header, length);
      default -> new Told.Malformed("an unknown version or command");
    };
  }

  private static Told proxied(byte[] header, int length) {
    int transport = header[13] & 0x0f;
    if (transport > 2) {
      return new Told.Malformed("an unknown transport");
    }
    for (Family family : Family.values()) {
      if (family.number == (header[13] & 0xf0) >> 4) {
        return proxied(header, length, family, transport == 1);
      }
    }
    return new Told.Malformed("an unknown family");
  }

  private static Told proxied(byte[] header, int length, Family family, boolean stream) {
    int values = FIXED + family.bytes;
    if (length < values) {
      return new Told.Malformed("less than its addresses");
    }
    if (family == Family.UNSPECIFIED) {
      // Nobody says where values would begin.
      return new Told.Nothing();
    }
    if (!sound(header, length, values)) {
      return new Told.Malformed("broken values, or a wrong checksum");
    }
    return switch (family) {
      case IPV4 -> stream ? relayed(header, 4) : new Told.Nothing();
      case IPV6 -> stream ? relayed(header, 16) : new Told.Nothing();
      case UNIX, UNSPECIFIED -> new Told.Nothing();
    };
  }

  /// Whether values fill the header to its end, and the checksum is right if there is one.
  private static boolean sound(byte[] header, int length, int from) {
    ByteBuffer bytes = ByteBuffer.wrap(header, 0, length).position(from);
    while (bytes.remaining() >= 3) {
      int type = bytes.get() & 0xff;
      int size = bytes.getShort() & 0xffff;
      if (size > bytes.remaining()) {
        return false;
      }
      if (type == CHECKSUM
          && (size != CHECKSUM_LENGTH || !checks(header, length, bytes.position()))) {
        return false;
      }
      bytes.position(bytes.position() + size);
    }
    return !bytes.hasRemaining();
  }

  /// @param at where the checksum is; it counts as zero in itself
  private static boolean checks(byte[] header, int length, int at) {
    CRC32C sum = new CRC32C();
    sum.update(header, 0, at);
    sum.update(new byte[CHECKSUM_LENGTH]);
    sum.update(header, at + CHECKSUM_LENGTH, length - at - CHECKSUM_LENGTH);
    return ByteBuffer.wrap(header).getInt(at) == (int) sum.getValue();
  }

  private static Told relayed(byte[] header, int size) {
    ByteBuffer bytes = ByteBuffer.wrap(header).position(FIXED);
    byte[] from = new byte[size];
    byte[] to = new byte[size];
    bytes.get(from).get(to);
    return new Told.Relayed(
        socket(from, bytes.getShort() & 0xffff), socket(to, bytes.getShort() & 0xffff));
  }

  private static InetSocketAddress socket(byte[] address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are addresses", e);
    }
  }
}
