package agrippa.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// An operator's `policy.yaml`, as oslo.policy reads it: names of rules, and their texts. A text
/// may also be in the older form of a list, any of which must hold, of lists, all of which must.
final class PolicyFile {
  private PolicyFile() {}

  /// Texts of rules by their names.
  ///
  /// @throws UserError if it cannot be read, or is no mapping of that kind
  static Map<String, String> read(Path file) {
    try {
      Object root = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
      return switch (root) {
        case null -> Map.of();
        case Map<?, ?> rules -> rules(file, rules);
        default -> throw new UserError(file + ": expected a mapping of names to rules");
      };
    } catch (IOException e) {
      throw new UserError("cannot read the policy file " + file + ": " + e, e);
    } catch (YamlEngineException e) {
      throw new UserError(file + " is not valid YAML: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> rules(Path file, Map<?, ?> rules) {
    Map<String, String> texts = new TreeMap<>();
    rules.forEach(
        (name, rule) -> {
          String text =
              switch (rule) {
                case null -> "";
                case String it -> it;
                case List<?> any -> any(file, name, any);
                default -> throw bad(file, name);
              };
          texts.put(String.valueOf(name), text);
        });
    return texts;
  }

  private static String any(Path file, Object name, List<?> parts) {
    return parts.stream()
        .map(
            it ->
                switch (it) {
                  case String one -> one;
                  case List<?> all -> "(" + all(file, name, all) + ")";
                  case null, default -> throw bad(file, name);
                })
        .collect(Collectors.joining(" or "));
  }

  private static String all(Path file, Object name, List<?> parts) {
    return parts.isEmpty()
        ? "@"
        : parts.stream()
            .map(
                it -> {
                  if (it instanceof String text) {
                    return text;
                  }
                  throw bad(file, name);
                })
            .collect(Collectors.joining(" and "));
  }

  private static UserError bad(Path file, Object name) {
    return new UserError(file + ": rule '" + name + "' is neither a text nor a list of lists");
  }
}
