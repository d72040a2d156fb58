package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.plan.AddressText;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.TlsInfo;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The header of the PROXY protocol, which tells an endpoint whom a connection is for (HAProxy's
/// `doc/proxy-protocol.txt`). Version 2 tells of a client's TLS as `send-proxy-v2-ssl-cn` does; if
/// the upstream wants to be told more, as with `proxy-v2-options authority,ssl-cipher`.
final class ProxyHeader {
  private static final byte[] SIGNATURE = ProxyHeaderScanner.SIGNATURE;
  private static final int PROXY = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int TLV_ALPN = 0x01;
  private static final int TLV_AUTHORITY = 0x02;
  private static final int TLV_SSL = 0x20;
  private static final int TLV_SSL_VERSION = 0x21;
  private static final int TLV_SSL_CN = 0x22;
  private static final int TLV_SSL_CIPHER = 0x23;
  private static final int CLIENT_SSL = 0x01;
  private static final int CLIENT_CERTIFICATE = 0x06;
  private static final int LONGEST_NAME = 256;

  private ProxyHeader() {}

  /// What goes before the first byte; empty for [ProxyProtocol#NONE].
  static byte[] of(Upstream upstream, Channel client) {
    return switch (upstream.proxyProtocol()) {
      case NONE -> new byte[0];
      case V1 -> version1(client.remote(), client.local());
      case V2 -> version2(client, upstream.options().tlsTold());
    };
  }

  private static byte[] version1(InetSocketAddress from, InetSocketAddress to) {
    byte[] fromAddress = from.getAddress().getAddress();
    byte[] toAddress = to.getAddress().getAddress();
    String family = fromAddress.length == 4 ? "TCP4" : "TCP6";
    if (fromAddress.length != toAddress.length) {
      return Ascii.bytes("PROXY UNKNOWN\r\n");
    }
    return Ascii.bytes(
        "PROXY %s %s %s %d %d\r\n"
            .formatted(
                family,
                AddressText.of(fromAddress),
                AddressText.of(toAddress),
                from.getPort(),
                to.getPort()));
  }

  private static byte[] version2(Channel client, boolean all) {
    byte[] from = client.remote().getAddress().getAddress();
    byte[] to = client.local().getAddress().getAddress();
    boolean sameFamily = from.length == to.length;
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    if (sameFamily) {
      content.writeBytes(from);
      content.writeBytes(to);
      content.writeBytes(shorts(client.remote().getPort(), client.local().getPort()));
    }
    TlsInfo tls = client.tls();
    if (tls != null) {
      values(content, tls, all);
    }
    int family = !sameFamily ? 0 : from.length == 4 ? TCP4 : TCP6;
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(SIGNATURE);
    header.write(PROXY);
    header.write(family);
    header.writeBytes(shorts(content.size()));
    header.writeBytes(content.toByteArray());
    return header.toByteArray();
  }

  /// In HAProxy's order.
  private static void values(ByteArrayOutputStream content, TlsInfo tls, boolean all) {
    String protocol = tls.applicationProtocol();
    if (protocol != null) {
      content.writeBytes(tlv(TLV_ALPN, Ascii.bytes(protocol)));
    }
    String name = tls.serverName();
    if (all && name != null) {
      content.writeBytes(tlv(TLV_AUTHORITY, Ascii.bytes(name)));
    }
    content.writeBytes(tlv(TLV_SSL, ssl(tls, all)));
  }

  private static byte[] ssl(TlsInfo tls, boolean all) {
    ByteArrayOutputStream ssl = new ByteArrayOutputStream();
    ssl.write(tls.peer() == null ? CLIENT_SSL : CLIENT_SSL | CLIENT_CERTIFICATE);
    ssl.writeBytes(ByteBuffer.allocate(4).putInt(tls.verifyResult()).array());
    ssl.writeBytes(tlv(TLV_SSL_VERSION, Ascii.bytes(tls.version())));
    String name = ClientCertificate.of(tls).commonName();
    if (!name.isEmpty()) {
      byte[] octets = name.getBytes(StandardCharsets.UTF_8);
      byte[] bounded = Arrays.copyOf(octets, Math.min(octets.length, LONGEST_NAME));
      ssl.writeBytes(tlv(TLV_SSL_CN, bounded));
    }
    if (all) {
      ssl.writeBytes(tlv(TLV_SSL_CIPHER, Ascii.bytes(tls.cipher())));
    }
    return ssl.toByteArray();
  }

  private static byte[] tlv(int type, byte[] value) {
    ByteBuffer tlv = ByteBuffer.allocate(3 + value.length);
    return tlv.put((byte) type).putShort((short) value.length).put(value).array();
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }
}
