package agrippa.provider.builtin;

import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Rewriting.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How tags say an edit of a head: `set:X-Env:prod`, `add:X-Env:prod` or `remove:X-Env`.
final class FieldEditForm {
  /// What a value has to be.
  static final String FORM =
      "set:NAME:VALUE, add:NAME:VALUE or remove:NAME, of a field that is not about the connection,"
          + " the framing or the host";

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}";

  // A value has neither controls nor blanks at its ends: it stays one line.
  private static final Pattern EDIT =
      Pattern.compile("(set|add):(" + TOKEN + "):([!-~](?:[ -~]*[!-~])?)|remove:(" + TOKEN + ")");

  /// What says where a message ends, what becomes of the connection, or which site is asked:
  /// whoever could change these could make the endpoint read other requests than the proxy.
  private static final Set<String> KEPT =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private FieldEditForm() {}

  static Optional<FieldEdit> read(String value) {
    Matcher matcher = EDIT.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    FieldEdit edit =
        matcher.group(4) == null
            ? new FieldEdit(
                matcher.group(1).equals("set") ? Kind.SET : Kind.ADD,
                matcher.group(2),
                matcher.group(3))
            : new FieldEdit(Kind.REMOVE, matcher.group(4), "");
    return Optional.of(edit).filter(it -> !KEPT.contains(it.name().toLowerCase(Locale.ROOT)));
  }
}
