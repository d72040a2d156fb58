package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/// Which of a frontend's certificates serves which server name: by the leaf's common name and DNS
/// alternative names, exact names before wildcards, the first certificate where several fit and
/// where none does.
final class ServerNames {
  private static final int DNS_NAME = 2;
  private static final int LONGEST = 255;
  private static final int LONGEST_LABEL = 63;

  private final Map<String, Integer> exact = new HashMap<>();
  private final Map<String, Integer> wildcard = new HashMap<>();

  ServerNames(List<Certificate> certificates) {
    for (int index = 0; index < certificates.size(); index++) {
      for (String name : namesOf(certificates.get(index).chain().getFirst())) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("*.")) {
          wildcard.putIfAbsent(lower.substring(1), index);
        } else {
          exact.putIfAbsent(lower, index);
        }
      }
    }
  }

  /// The position of the certificate for this name, 0 if no name was sent or none fits.
  int certificate(@Nullable String serverName) {
    if (serverName == null || serverName.length() > LONGEST) {
      return 0;
    }
    String name = serverName.toLowerCase(Locale.ROOT);
    Integer found = exact.get(name);
    int dot = name.indexOf('.');
    if (found == null && dot > 0) {
      // A wildcard stands for one label (RFC 6125, 6.4.3).
      found = wildcard.get(name.substring(dot));
    }
    return found == null ? 0 : found;
  }

  /// The name if it is a host name that can be sent as SNI, otherwise null: addresses are none
  /// (RFC 6066, 3), and what a client sent is passed on only if it looks like one, labels of a
  /// right length included (RFC 1035, 2.3.4).
  static @Nullable String sendable(@Nullable String name) {
    if (name == null || name.isEmpty() || name.length() > LONGEST) {
      return null;
    }
    boolean letters = false;
    int label = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      letters |= letter;
      label = c == '.' ? 0 : label + 1;
      boolean dotBehindNothing = c == '.' && (i == 0 || name.charAt(i - 1) == '.');
      boolean other = !letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.';
      if (other || dotBehindNothing || label > LONGEST_LABEL) {
        return null;
      }
    }
    return letters && label > 0 ? name : null;
  }

  private static List<String> namesOf(X509Certificate leaf) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0).equals(DNS_NAME) && alternative.get(1) instanceof String name) {
            names.add(name);
          }
        }
      }
      for (Rdn rdn : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN") && rdn.getValue() instanceof String name) {
          names.add(name);
        }
      }
    } catch (CertificateParsingException | InvalidNameException e) {
      System.getLogger(ServerNames.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "A certificate's names cannot be read; it serves as a default only",
              e);
    }
    return names;
  }
}
