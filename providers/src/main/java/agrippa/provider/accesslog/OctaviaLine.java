package agrippa.provider.accesslog;

import agrippa.proxy.journal.Entry;
import agrippa.proxy.journal.Text;
import agrippa.proxy.plan.AddressText;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend.Mode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;

/// What HAProxy writes with the format that Octavia gives it:
///
/// ```
///   PROJECT LB %f %ci %cp %t %{+Q}r %ST %B %U %[ssl_c_verify] %{+Q}[ssl_c_s_dn] %b %s %Tt %tsc
/// ```
///
/// What is not plain text within quotes is `#` and two hexadecimal digits, as HAProxy has it.
final class OctaviaLine {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss.SSS", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final String HEX = "0123456789ABCDEF";
  private static final int MOST_NAME = 256;

  private OctaviaLine() {}

  static void write(Entry entry, StringBuilder out) {
    word(entry.journaling().owner(), out);
    out.append(' ');
    out.append(entry.journaling().balancer()).append(' ');
    out.append(entry.frontend()).append(' ');
    out.append(AddressText.of(entry.clientAddress())).append(' ');
    out.append(entry.clientPort()).append(' ');
    DATE.formatTo(Instant.ofEpochMilli(entry.date()), out);
    out.append(' ');
    request(entry, out);
    out.append(' ').append(entry.bytesOut());
    out.append(' ').append(entry.bytesIn()).append(' ');
    certificate(entry, out);
    out.append(' ');
    server(entry, out);
    out.append(' ').append(entry.totalMillis());
    out.append(' ').append(state(entry)).append("--");
  }

  private static void request(Entry entry, StringBuilder out) {
    if (entry.mode() != Mode.HTTP) {
      out.append("- -");
      return;
    }
    if (entry.protocol().isEmpty()) {
      out.append("\"<BADREQ>\" ");
    } else {
      out.append('"');
      client(entry.method(), out);
      out.append(' ');
      client(entry.target(), out);
      out.append(' ').append(entry.protocol()).append("\" ");
    }
    out.append(entry.status() == 0 ? -1 : entry.status());
  }

  private static void certificate(Entry entry, StringBuilder out) {
    if (entry.tlsVersion() == null) {
      out.append("- \"\"");
      return;
    }
    X509Certificate shown = entry.certificate();
    String name =
        shown == null ? "" : shown.getSubjectX500Principal().getName(X500Principal.RFC2253);
    out.append(entry.verifyResult()).append(" \"");
    for (int i = 0; i < Math.min(name.length(), MOST_NAME); i++) {
      char c = name.charAt(i);
      escaped(c > 0xff ? '?' : c, out);
    }
    out.append('"');
  }

  private static void server(Entry entry, StringBuilder out) {
    String pool = entry.upstream();
    Endpoint member = entry.endpoint();
    if (pool != null) {
      out.append(pool).append(':');
    }
    out.append(entry.frontend()).append(' ').append(member == null ? "<NOSRV>" : member.name());
  }

  /// Who ended it, and what was going on then, in HAProxy's letters.
  private static String state(Entry entry) {
    return switch (entry.ending()) {
      case DONE -> "--";
      case INTERCEPTED -> "LR";
      case REJECTED, BAD_REQUEST -> "PR";
      case NO_ENDPOINT, CONNECT_FAILED -> "SC";
      case RESPONSE_FAILED -> "SH";
      case CLIENT_ABORTED -> "CD";
      case ENDPOINT_ABORTED -> "SD";
      case TIMED_OUT -> timeout(entry);
      case ENDED -> "KD";
    };
  }

  private static String timeout(Entry entry) {
    return switch (entry.status()) {
      case 408 -> "cR";
      case 504 -> "sH";
      default -> "cD";
    };
  }

  /// Projects are named by the identity service, by ids mostly.
  private static void word(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ') {
        out.append("#20");
      } else {
        escaped(c > 0xff ? '?' : c, out);
      }
    }
  }

  private static void client(Text text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      escaped((char) text.at(i), out);
    }
  }

  private static void escaped(char c, StringBuilder out) {
    if (c >= ' ' && c < 0x7f && c != '"' && c != '#') {
      out.append(c);
    } else {
      out.append('#').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
    }
  }
}
