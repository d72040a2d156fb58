package agrippa.control.spi;

import java.util.List;
import java.util.function.Predicate;

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

    /// A text, number or flag that, written down, is what its provider can read.
    ///
    /// @param form what it has to be, such as `a number of seconds`
    record Written(String form, Predicate<String> fits) implements Type {}
  }
}
