package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agrippa.proxy.session.ProxyHeaderScanner.Told;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/// Version 1 of the PROXY protocol: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`.
final class ProxyLine {
  private static final int FIELDS = 6;

  // The JDK's parser would take less, such as a single number, or more, such as a zone.
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9a-fA-F:.]{2,45}");
  private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

  private ProxyLine() {}

  /// @param length of the line without its end
  static Told read(byte[] line, int length) {
    String[] fields = new String(line, 0, length, ISO_8859_1).split(" ", -1);
    return switch (fields[1]) {
      case "UNKNOWN" -> new Told.Nothing();
      case "TCP4" -> relayed(fields, IPV4);
      case "TCP6" -> relayed(fields, IPV6);
      default -> new Told.Malformed("an unknown family");
    };
  }

  private static Told relayed(String[] fields, Pattern address) {
    if (fields.length != FIELDS
        || !address.matcher(fields[2]).matches()
        || !address.matcher(fields[3]).matches()
        || !PORT.matcher(fields[4]).matches()
        || !PORT.matcher(fields[5]).matches()) {
      return new Told.Malformed("a line of another form");
    }
    try {
      return new Told.Relayed(socket(fields[2], fields[4]), socket(fields[3], fields[5]));
    } catch (IllegalArgumentException e) {
      return new Told.Malformed("no address or port: " + e.getMessage());
    }
  }

  private static InetSocketAddress socket(String address, String port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), Integer.parseInt(port));
  }
}
