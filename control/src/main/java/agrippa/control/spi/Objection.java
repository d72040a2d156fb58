package agrippa.control.spi;

/// Why a provider does not take a tree.
public sealed interface Objection {
  /// In the words that users see.
  String reason();

  /// It makes sense, but the provider could never do it.
  record Unsupported(String reason) implements Objection {}

  /// It makes no sense.
  record Invalid(String reason) implements Objection {}
}
