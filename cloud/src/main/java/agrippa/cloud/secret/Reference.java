package agrippa.cloud.secret;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a reference such as `http://host/key-manager/v1/secrets/<uuid>` names. The host does not
/// matter: the service may be known by several.
record Reference(Kind kind, String id) {
  private static final int LONGEST = 255;
  private static final Pattern FORM =
      Pattern.compile("https?://[^/\\s]+/(?:[^/\\s]+/)*(secrets|containers)/([0-9a-fA-F-]{36})/?");

  enum Kind {
    SECRET,
    CONTAINER
  }

  /// Where it is, below the service's versioned URL.
  String path() {
    return "/" + key();
  }

  /// What names it among all things of the service, and in messages.
  String key() {
    return switch (kind) {
      case SECRET -> "secrets/" + id;
      case CONTAINER -> "containers/" + id;
    };
  }

  /// @return nothing if the text is no reference
  static Optional<Reference> of(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      String id = UUID.fromString(matcher.group(2)).toString();
      return Optional.of(
          new Reference(matcher.group(1).equals("secrets") ? Kind.SECRET : Kind.CONTAINER, id));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
