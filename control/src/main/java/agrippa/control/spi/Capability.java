package agrippa.control.spi;

import java.util.List;

/// A setting of profiles that a provider understands.
///
/// @param description tells operators what it is for
public record Capability(String name, String description, Type type) {
  /// What its values are.
  public sealed interface Type {
    /// Any text.
    record Text() implements Type {}

    /// One of these texts.
    record Choice(List<String> texts) implements Type {
      public Choice {
        texts = List.copyOf(texts);
      }
    }

    /// A list of texts.
    record Texts() implements Type {}

    /// A number without fraction, at least so much.
    record Integer(int minimum) implements Type {}
  }
}
