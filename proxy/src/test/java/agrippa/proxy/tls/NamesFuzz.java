package agrippa.proxy.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Certificate;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Any text as a server name that a client asks for: the certificate is the one that a plain look
/// at all names finds, and what is told to others has the form of a host's name.
public final class NamesFuzz {
  private static final List<List<String>> NAMES =
      List.of(
          List.of("first"),
          List.of("www.example.org", "*.example.org"),
          List.of("*.a.b", "a.b", "X.A.B"),
          List.of("*.example.org", "*", "*.org", "late.www.example.org"));
  private static final ServerNames CHOICE = new ServerNames(certificates());
  private static final Pattern HOST = Pattern.compile("[-_.a-zA-Z0-9]{1,255}");

  private NamesFuzz() {}

  private static List<Certificate> certificates() {
    Pki pki = new Pki("authority");
    return NAMES.stream().map(it -> pki.issue(it.getFirst(), it.toArray(String[]::new))).toList();
  }

  public static void fuzzerTestOneInput(byte[] bytes) {
    look(new String(bytes, ISO_8859_1));
    look(new String(bytes, UTF_8));
  }

  private static void look(String name) {
    assertThat(CHOICE.certificate(name)).as(name).isEqualTo(plain(name));
    String sendable = ServerNames.sendable(name);
    if (sendable == null) {
      assertThat(host(name)).as(name).isFalse();
    } else {
      assertThat(sendable).isEqualTo(name);
      assertThat(host(name)).as(name).isTrue();
    }
  }

  private static int plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i < NAMES.size() && name.length() <= 255; i++) {
      if (NAMES.get(i).stream()
          .anyMatch(it -> it.equalsIgnoreCase(lower) && !it.startsWith("*."))) {
        return i;
      }
    }
    for (int i = 0; i < NAMES.size() && name.length() <= 255; i++) {
      for (String each : NAMES.get(i)) {
        if (each.startsWith("*.")) {
          String rest = each.substring(1).toLowerCase(Locale.ROOT);
          String label =
              lower.endsWith(rest) ? lower.substring(0, lower.length() - rest.length()) : "";
          if (!label.isEmpty() && !label.contains(".")) {
            return i;
          }
        }
      }
    }
    return 0;
  }

  private static boolean host(String name) {
    return HOST.matcher(name).matches()
        && name.chars().anyMatch(Character::isLetter)
        && Stream.of(name.split("\\.", -1)).allMatch(it -> !it.isEmpty() && it.length() < 64);
  }
}
