package agrippa.control.rules;

import agrippa.control.Refusal;
import agrippa.model.L7Rule.CompareType;
import agrippa.model.L7Rule.Type;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which types, comparisons, keys and values make a rule.
///
/// @param regexIsValid whether the data plane can use a regular expression
record L7RuleSyntax(Predicate<String> regexIsValid) {
  private static final Pattern HEADER_NAME = Pattern.compile("[a-zA-Z0-9!#$%&'*+,.^_`|~-]+");
  private static final Pattern HEADER_VALUE =
      Pattern.compile("[\\x21-\\x7e]+|\"[\\x20-\\x7e\\t]*\"");
  private static final Pattern COOKIE_VALUE =
      Pattern.compile("[a-zA-Z0-9!#$%&'()*+,./:<=>?@\\[\\]^_`{|}~-]+");
  private static final Pattern DN_FIELD = Pattern.compile("[a-zA-Z][A-Za-z0-9-]*");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

  void require(Type type, CompareType compareType, @Nullable String key, String value) {
    if (value.isEmpty()) {
      throw invalid("L7 rule type requires a value");
    }
    switch (type) {
      case HOST_NAME, PATH -> requireText(compareType, HEADER_VALUE, value, "comparison value");
      case FILE_TYPE -> requireFileType(compareType, value);
      case HEADER -> {
        requireKey(key);
        requireText(compareType, HEADER_VALUE, value, "header value");
      }
      case COOKIE -> {
        requireKey(key);
        requireText(compareType, COOKIE_VALUE, value, "cookie value");
      }
      case SSL_CONN_HAS_CERT -> requireHasCertificate(type, compareType, key, value);
      case SSL_VERIFY_RESULT -> requireVerifyResult(type, compareType, key, value);
      case SSL_DN_FIELD -> requireDnField(compareType, key, value);
    }
  }

  private void requireText(CompareType compareType, Pattern allowed, String value, String what) {
    if (compareType == CompareType.REGEX) {
      requireRegex(value);
    } else if (!allowed.matcher(value).matches()) {
      throw parsing("Invalid characters in " + what);
    }
  }

  private void requireRegex(String value) {
    if (!regexIsValid.test(value)) {
      throw parsing("Unable to parse regular expression: " + value);
    }
  }

  private void requireFileType(CompareType compareType, String value) {
    if (compareType != CompareType.REGEX && compareType != CompareType.EQUAL_TO) {
      throw invalid("invalid comparison type for rule type");
    }
    requireText(compareType, HEADER_VALUE, value, "comparison value");
  }

  private static void requireKey(@Nullable String key) {
    if (key == null || key.isEmpty()) {
      throw invalid("L7 rule type requires a key");
    }
    if (!HEADER_NAME.matcher(key).matches()) {
      throw parsing("Invalid characters in key");
    }
  }

  private static void requireHasCertificate(
      Type type, CompareType compareType, @Nullable String key, String value) {
    requireNoKey(type, key);
    if (!value.equalsIgnoreCase("true")) {
      throw invalid("L7rule value %s is not a boolean True string.".formatted(value));
    }
    requireEqualTo(type, compareType);
  }

  private static void requireVerifyResult(
      Type type, CompareType compareType, @Nullable String key, String value) {
    requireNoKey(type, key);
    if (!DIGITS.matcher(value).matches()) {
      throw invalid("L7rule type %s needs a int value, which is >= 0".formatted(type));
    }
    requireEqualTo(type, compareType);
  }

  private void requireDnField(CompareType compareType, @Nullable String key, String value) {
    if (key == null || key.isEmpty()) {
      throw invalid("L7rule type SSL_DN_FIELD needs to specify a key and a value.");
    }
    if (!DN_FIELD.matcher(key).matches()) {
      throw invalid("Invalid L7rule distinguished name field.");
    }
    if (compareType == CompareType.REGEX) {
      requireRegex(value);
    }
  }

  private static void requireNoKey(Type type, @Nullable String key) {
    if (key != null && !key.isEmpty()) {
      throw invalid("L7rule type %s does not use the \"key\" field.".formatted(type));
    }
  }

  private static void requireEqualTo(Type type, CompareType compareType) {
    if (compareType != CompareType.EQUAL_TO) {
      throw invalid("L7rule type %s only supports the EQUAL_TO compare type.".formatted(type));
    }
  }

  /// A rule that makes no sense.
  static RefusedException invalid(String detail) {
    return parsing("Invalid L7 Rule: " + detail);
  }

  /// A rule that cannot be read.
  private static RefusedException parsing(String detail) {
    return new RefusedException(new Refusal.InvalidL7Rule(detail));
  }
}
