package agrippa.proxy.tls;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// OpenSSL cipher lists in the JDK's words. Single ciphers are known, such as
/// `ECDHE-RSA-AES128-GCM-SHA256`; groups and operators (`HIGH`, `!aNULL`, `@SECLEVEL`) are not.
final class JdkCiphers {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?<exchange>ECDHE-ECDSA|ECDHE-RSA|DHE-RSA)-)?"
              + "(?:AES(?<bits>128|256)(?<gcm>-GCM)?-(?<hash>SHA|SHA256|SHA384)"
              + "|(?<chacha>CHACHA20-POLY1305))");

  private JdkCiphers() {}

  /// The suites to enable: those of the list that `known` contains, in the list's order, and always
  /// those of TLS 1.3, which no list of OpenSSL's concerns. All of `known` if the list is empty, or
  /// if nothing in it is known.
  static String[] enabled(String list, String[] known) {
    if (list.isBlank()) {
      return known;
    }
    List<String> supported = Arrays.asList(known);
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : list.strip().split("[:, ]+")) {
      String suite = suite(name);
      if (supported.contains(suite)) {
        chosen.add(suite);
      }
    }
    chosen.removeIf(JdkCiphers::isTls13);
    if (chosen.isEmpty()) {
      System.getLogger(JdkCiphers.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "The JDK knows no cipher by name in a cipher list; its own defaults are used");
      return known;
    }
    supported.stream().filter(JdkCiphers::isTls13).forEach(chosen::add);
    return chosen.toArray(String[]::new);
  }

  private static boolean isTls13(String suite) {
    return !suite.contains("_WITH_");
  }

  /// The other way round: OpenSSL's name of a suite. Those of TLS 1.3 have but one.
  static String openSslName(String suite) {
    return isTls13(suite)
        ? suite
        : suite
            .replaceFirst("^TLS_(RSA_WITH_)?", "")
            .replace("_WITH_", "_")
            .replace("AES_", "AES")
            .replace("_CBC_", "_")
            .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305")
            .replace('_', '-');
  }

  /// The standard name of a cipher, or the name itself if it is none of OpenSSL's.
  static String suite(String openSslName) {
    Matcher matcher = NAME.matcher(openSslName);
    if (!matcher.matches()) {
      return openSslName;
    }
    String exchange = matcher.group("exchange");
    String prefix = "TLS_" + (exchange == null ? "RSA" : exchange.replace('-', '_')) + "_WITH_";
    if (matcher.group("chacha") != null) {
      return prefix + "CHACHA20_POLY1305_SHA256";
    }
    String mode = matcher.group("gcm") == null ? "_CBC_" : "_GCM_";
    return prefix + "AES_" + matcher.group("bits") + mode + matcher.group("hash");
  }
}
