package agrippa.model;

import java.util.List;

/// What people call a thing.
///
/// @param name at most 255 characters, empty if none
/// @param description at most 255 characters, empty if none or if its kind has none
/// @param tags at most 255 characters each, in the order given
public record Labels(String name, String description, List<String> tags) {
  /// No name, no description, no tags.
  public static final Labels NONE = new Labels("", "", List.of());

  public Labels {
    tags = List.copyOf(tags);
  }
}
