package agrippa.proxy.plan;

import java.util.List;

/// How messages are changed on their way (HTTP only), beside what every proxy does.
///
/// @param requests edits of what endpoints get
/// @param responses edits of what endpoints answer; the proxy's own answers stay as they are
public record Rewriting(List<FieldEdit> requests, List<FieldEdit> responses) {
  public static final Rewriting NONE = new Rewriting(List.of(), List.of());

  public Rewriting {
    requests = List.copyOf(requests);
    responses = List.copyOf(responses);
  }

  public enum Kind {
    /// All fields of the name go.
    REMOVE,
    /// The field takes the place of all of its name.
    SET,
    /// The field comes in addition.
    ADD
  }

  /// A change of a head. Of several, all that is removed or replaced goes first.
  ///
  /// @param name a token of RFC 9110, of no field that belongs to the connection or the framing
  /// @param value visible ASCII and blanks; empty if it is removed
  public record FieldEdit(Kind kind, String name, String value) {}
}
