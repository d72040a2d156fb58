package agrippa.provider.accesslog;

import agrippa.proxy.journal.Entry;
import agrippa.proxy.journal.Text;
import agrippa.proxy.plan.AddressText;
import agrippa.proxy.plan.Endpoint;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One JSON object a line; `docs/access-logs.md` describes its fields. What is not known is left
/// out. Bytes beyond ASCII are written as the characters of the same numbers.
final class JsonLine {
  private static final String HEX = "0123456789abcdef";

  private JsonLine() {}

  static void write(Entry entry, StringBuilder out) {
    out.append("{\"time\":\"").append(Instant.ofEpochMilli(entry.date())).append('"');
    text(out, "project", entry.journaling().owner());
    text(out, "loadbalancer", entry.journaling().balancer());
    text(out, "listener", entry.frontend());
    text(out, "pool", entry.upstream());
    member(out, entry.endpoint());
    text(out, "client_address", AddressText.of(entry.clientAddress()));
    number(out, "client_port", entry.clientPort());
    text(out, "mode", entry.mode().name().toLowerCase(Locale.ROOT));
    request(out, entry);
    number(out, "bytes_in", entry.bytesIn());
    number(out, "bytes_out", entry.bytesOut());
    time(out, "request_ms", entry.requestMillis());
    time(out, "connect_ms", entry.connectMillis());
    time(out, "response_ms", entry.responseMillis());
    time(out, "total_ms", entry.totalMillis());
    number(out, "tries", entry.tries());
    text(out, "tls_version", entry.tlsVersion());
    text(out, "tls_server_name", entry.serverName());
    text(out, "termination", entry.ending().name().toLowerCase(Locale.ROOT));
    text(out, "trace_id", entry.traceId());
    out.append('}');
  }

  private static void member(StringBuilder out, @Nullable Endpoint member) {
    if (member != null) {
      InetSocketAddress at = member.address();
      text(out, "member", member.name());
      text(out, "member_address", AddressText.of(at.getAddress()));
      number(out, "member_port", at.getPort());
    }
  }

  private static void request(StringBuilder out, Entry entry) {
    client(out, "method", entry.method());
    client(out, "path", entry.target());
    client(out, "host", entry.host());
    if (!entry.protocol().isEmpty()) {
      text(out, "protocol", entry.protocol());
    }
    if (entry.status() != 0) {
      number(out, "status", entry.status());
    }
    client(out, "user_agent", entry.userAgent());
  }

  private static void time(StringBuilder out, String name, long millis) {
    if (millis >= 0) {
      number(out, name, millis);
    }
  }

  private static void number(StringBuilder out, String name, long value) {
    out.append(",\"").append(name).append("\":").append(value);
  }

  private static void text(StringBuilder out, String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    out.append(",\"").append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      escaped(out, value.charAt(i));
    }
    out.append('"');
  }

  private static void client(StringBuilder out, String name, Text value) {
    if (value.isEmpty()) {
      return;
    }
    out.append(",\"").append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      escaped(out, (char) value.at(i));
    }
    // Nothing of a request looks so: it tells that there was more.
    out.append(value.cut() ? "\\u2026\"" : "\"");
  }

  private static void escaped(StringBuilder out, char c) {
    if (c == '"' || c == '\\') {
      out.append('\\').append(c);
    } else if (c >= ' ' && c < 0x7f) {
      out.append(c);
    } else {
      out.append("\\u")
          .append(HEX.charAt(c >> 12))
          .append(HEX.charAt(c >> 8 & 0xf))
          .append(HEX.charAt(c >> 4 & 0xf))
          .append(HEX.charAt(c & 0xf));
    }
  }
}
