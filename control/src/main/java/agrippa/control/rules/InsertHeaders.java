package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalidOption;

import agrippa.model.ListenerProtocol;
import java.util.Collection;
import java.util.Set;

/// Which headers a listener can insert. Their values are free.
final class InsertHeaders {
  private static final Set<String> GENERAL =
      Set.of(
          "X-Forwarded-For",
          "X-Forwarded-Port",
          "X-Forwarded-Proto",
          "X-Forwarded-IP",
          "X-Client-IP",
          "X-Real-IP");
  private static final Set<String> OF_CLIENT_CERTIFICATES =
      Set.of(
          "X-SSL-Client-Verify",
          "X-SSL-Client-Has-Cert",
          "X-SSL-Client-DN",
          "X-SSL-Client-CN",
          "X-SSL-Issuer",
          "X-SSL-Client-SHA1",
          "X-SSL-Client-Not-Before",
          "X-SSL-Client-Not-After");

  private InsertHeaders() {}

  static void require(Collection<String> names, ListenerProtocol protocol) {
    boolean terminated = protocol == ListenerProtocol.TERMINATED_HTTPS;
    if (names.isEmpty()) {
      return;
    }
    if (!terminated && protocol != ListenerProtocol.HTTP) {
      throw invalidOption("insert-headers", "a %s protocol listener.".formatted(protocol));
    }
    if (!names.stream()
        .allMatch(it -> GENERAL.contains(it) || OF_CLIENT_CERTIFICATES.contains(it))) {
      throw invalidOption(PythonText.list(names), "insert_headers");
    }
    var certificates = names.stream().filter(OF_CLIENT_CERTIFICATES::contains).toList();
    if (!terminated && !certificates.isEmpty()) {
      throw invalidOption(
          PythonText.list(certificates), "%s protocol listener.".formatted(protocol));
    }
  }
}
