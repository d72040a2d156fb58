package agrippa.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A condition on a request.
///
/// @param key name of the header, cookie or distinguished-name field, or null
/// @param invert whether the rule holds when the comparison does not
public record L7Rule(
    L7RuleId id,
    List<String> tags,
    boolean adminStateUp,
    Type type,
    CompareType compareType,
    @Nullable String key,
    String value,
    boolean invert,
    Lifecycle lifecycle) {
  public L7Rule {
    tags = List.copyOf(tags);
  }

  /// What a rule looks at.
  public enum Type {
    HOST_NAME,
    PATH,
    FILE_TYPE,
    HEADER,
    COOKIE,
    SSL_CONN_HAS_CERT,
    SSL_VERIFY_RESULT,
    SSL_DN_FIELD
  }

  /// How it is compared.
  public enum CompareType {
    REGEX,
    STARTS_WITH,
    ENDS_WITH,
    CONTAINS,
    EQUAL_TO
  }

  public L7Rule with(Lifecycle next) {
    return new L7Rule(id, tags, adminStateUp, type, compareType, key, value, invert, next);
  }
}
