package agrippa.api.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The types of Octavia's requests, as lenient and as strict as WSME is.
final class Types {
  private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "on", "1");
  private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "off", "0");
  private static final Pattern INTEGER = Pattern.compile("\\s*[+-]?[0-9]{1,18}\\s*");
  private static final Pattern HEX_32 = Pattern.compile("[0-9a-fA-F]{32}");
  private static final Pattern URL =
      Pattern.compile("(?i)https?://[^\\x00-\\x20\\x7f-\\x9f/?#\\\\]+[^\\x00-\\x20\\x7f-\\x9f]*");
  private static final Pattern URL_PATH = Pattern.compile("/(?!/)[^\\s\\x00-\\x1f\\x7f]*");
  private static final List<String> ALPN = List.of("h2", "http/1.1", "http/1.0");

  /// True, false, any integer, and a few words.
  static final Type<Boolean> BOOLEAN = new Type<>(JsonSchema.BOOLEAN, Types::bool);

  static final Type<UUID> UUID_TEXT =
      new Type<>(
          JsonSchema.UUID,
          (value, where) ->
              uuid(value).orElseThrow(() -> where.misfit(value, "Value should be UUID format")));

  /// IPv4 or IPv6, kept as it was written.
  static final Type<String> ADDRESS =
      new Type<>(
          JsonSchema.ADDRESS,
          (value, where) ->
              Optional.of(value)
                  .filter(JsonNode::isString)
                  .map(JsonNode::stringValue)
                  .filter(it -> Addresses.parse(it).isPresent())
                  .orElseThrow(() -> where.misfit(value, "Value should be IPv4 or IPv6 format")));

  /// In network form, host bits zeroed.
  static final Type<String> CIDR =
      new Type<>(
          JsonSchema.TEXT.with("examples", List.of("192.0.2.0/24", "2001:db8::/32")),
          (value, where) ->
              Optional.of(value)
                  .filter(JsonNode::isString)
                  .flatMap(it -> Addresses.network(it.stringValue()))
                  .orElseThrow(
                      () -> where.misfit(value, "Value should be IPv4 or IPv6 CIDR format")));

  static final Type<String> ALPN_PROTOCOL =
      new Type<>(
          JsonSchema.choice(ALPN),
          (value, where) -> {
            if (!value.isString() || !ALPN.contains(value.stringValue())) {
              throw where.misfit(value, "Value should be a valid ALPN protocol ID");
            }
            return value.stringValue();
          });

  /// `http` or `https` with a host; nothing that could end a header line.
  static final Type<String> HTTP_URL =
      url(URL, 255, "Value must be a valid URL string", "https://example.org/");

  static final Type<String> PATH =
      url(URL_PATH, 2_048, "Value must be a valid URL Path string", "/health");

  /// Objects that Octavia's schema lists here but creates only within a load balancer.
  static final Type<Boolean> ONLY_IN_A_TREE =
      new Type<>(
          JsonSchema.list(JsonSchema.ANY).with("maxItems", 0),
          (value, where) -> {
            if (value.isArray() && value.isEmpty()) {
              return true;
            }
            throw where.misfit(value, "Value can only be created together with a load balancer");
          });

  private Types() {}

  static Type<String> text(int max) {
    return text(0, max);
  }

  static Type<String> text(int min, int max) {
    return new Type<>(
        min > 0 ? JsonSchema.text(max).with("minLength", min) : JsonSchema.text(max),
        (value, where) -> {
          if (!value.isString()) {
            throw where.misfit(value, "Value should be string");
          }
          String text = value.stringValue();
          int length = text.codePointCount(0, text.length());
          if (length < min) {
            throw where.misfit(
                value, "Value should have a minimum character requirement of " + min);
          }
          if (length > max) {
            throw where.misfit(
                value, "Value should have a maximum character requirement of " + max);
          }
          return text;
        });
  }

  /// Text of a pattern, which runs only on text of a bounded length.
  ///
  /// @param shown the pattern as Octavia writes it
  static Type<String> text(int min, int max, Pattern pattern, String shown) {
    Type<String> text = text(min, max);
    return new Type<>(
        text.schema().with("pattern", shown),
        (value, where) -> {
          String read = text.read(value, where);
          if (!pattern.matcher(read).find()) {
            throw where.misfit(value, "Value should match the pattern " + shown);
          }
          return read;
        });
  }

  private static Type<String> url(Pattern pattern, int max, String reason, String example) {
    Type<String> text = text(max);
    return new Type<>(
        text.schema().with("examples", List.of(example)),
        (value, where) -> {
          String read = text.read(value, where);
          if (!pattern.matcher(read).matches()) {
            throw where.misfit(value, reason);
          }
          return read;
        });
  }

  static Type<Integer> integer(int min, int max) {
    return new Type<>(
        JsonSchema.integer(min, max),
        (value, where) -> {
          long number = number(value, where);
          if (number < min) {
            throw where.misfit(Long.toString(number), "Value should be greater or equal to " + min);
          }
          if (number > max) {
            throw where.misfit(Long.toString(number), "Value should be lower or equal to " + max);
          }
          return (int) number;
        });
  }

  /// As Python's `int` reads it: fractions are cut off, true is 1.
  private static long number(JsonNode value, Where where) {
    if (value.isNumber()) {
      // Beyond the range of long it saturates, which is out of every attribute's range.
      return (long) value.doubleValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue() ? 1 : 0;
    }
    if (value.isString() && INTEGER.matcher(value.stringValue()).matches()) {
      return Long.parseLong(value.stringValue().strip());
    }
    if (value.isString()) {
      throw where.unconvertible(
          "invalid literal for int() with base 10: '" + value.stringValue() + "'");
    }
    throw where.misfit(value, "Value should be an integer");
  }

  private static boolean bool(JsonNode value, Where where) {
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isIntegralNumber()) {
      return value.doubleValue() != 0;
    }
    if (value.isString() && TRUE.contains(value.stringValue())) {
      return true;
    }
    if (value.isString() && FALSE.contains(value.stringValue())) {
      return false;
    }
    throw where.unconvertible("Value not an unambiguous boolean: " + PythonText.of(value));
  }

  private static Optional<UUID> uuid(JsonNode value) {
    if (!value.isString()) {
      return Optional.empty();
    }
    String hex =
        value.stringValue().replace("urn:", "").replace("uuid:", "").replaceAll("[-{}]", "");
    return HEX_32.matcher(hex).matches()
        ? Optional.of(
            new UUID(
                Long.parseUnsignedLong(hex.substring(0, 16), 16),
                Long.parseUnsignedLong(hex.substring(16), 16)))
        : Optional.empty();
  }

  /// One of an enumeration's constants, by its own name.
  static <E extends Enum<E>> Type<E> choice(Class<E> of) {
    return choice(of, Enum::name);
  }

  static <E extends Enum<E>> Type<E> choice(Class<E> of, Function<E, String> name) {
    Map<String, E> byName =
        Stream.of(of.getEnumConstants())
            .collect(Collectors.toMap(name, it -> it, (a, b) -> a, LinkedHashMap::new));
    return new Type<>(
        JsonSchema.choice(byName.keySet()),
        (value, where) -> {
          E choice = value.isString() ? byName.get(value.stringValue()) : null;
          if (choice == null) {
            throw where.misfit(
                value, "Value should be one of: " + String.join(", ", byName.keySet()));
          }
          return choice;
        });
  }

  static Type<String> choice(String... names) {
    return new Type<>(
        JsonSchema.choice(List.of(names)),
        (value, where) -> {
          if (!value.isString() || !List.of(names).contains(value.stringValue())) {
            throw where.misfit(value, "Value should be one of: " + String.join(", ", names));
          }
          return value.stringValue();
        });
  }

  static Type<Integer> choice(List<Integer> numbers) {
    return new Type<>(
        JsonSchema.INTEGER.with("enum", numbers),
        (value, where) -> {
          long number = number(value, where);
          return numbers.stream()
              .filter(it -> it == number)
              .findFirst()
              .orElseThrow(() -> where.misfit(Long.toString(number), oneOf(numbers)));
        });
  }

  /// A number or its text.
  static Type<Double> decimal(List<Double> numbers) {
    return new Type<>(
        JsonSchema.NUMBER.with("enum", numbers),
        (value, where) ->
            numbers.stream()
                .filter(
                    it ->
                        value.isNumber()
                            ? value.doubleValue() == it
                            : value.asString("").equals(it.toString()))
                .findFirst()
                .orElseThrow(() -> where.misfit(value, oneOf(numbers))));
  }

  private static String oneOf(List<?> values) {
    return "Value should be one of: "
        + values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  static <T> Type<List<T>> list(Type<T> item) {
    return new Type<>(
        JsonSchema.list(item.schema()),
        (value, where) -> {
          if (!value.isArray()) {
            throw where.unconvertible("Value not a valid list: " + PythonText.of(value));
          }
          List<T> items = new ArrayList<>(value.size());
          for (JsonNode it : value) {
            if (it.isNull()) {
              throw where.misfit(value, "Value should not contain null");
            }
            items.add(item.read(it, where.among(value)));
          }
          return items;
        });
  }

  /// A list without its repetitions.
  static <T> Type<List<T>> set(Type<T> item) {
    return list(item).map(it -> List.copyOf(new LinkedHashSet<>(it)));
  }

  /// Names to texts, in the order given.
  static Type<Map<String, String>> dictionary(Type<String> item) {
    return new Type<>(
        JsonSchema.dictionary(item.schema()),
        (value, where) -> {
          if (!value.isObject()) {
            throw where.unconvertible("Value not a valid dict: " + PythonText.of(value));
          }
          Map<String, String> entries = new LinkedHashMap<>();
          value
              .properties()
              .forEach(
                  it -> {
                    if (it.getValue().isNull()) {
                      throw where.misfit(value, "Value should not contain null");
                    }
                    entries.put(it.getKey(), item.read(it.getValue(), where.among(value)));
                  });
          return entries;
        });
  }

  static <T> Type<T> object(Schema schema, Function<Schema.Values, T> decode) {
    return new Type<>(
        schema.json(), (value, where) -> decode.apply(schema.read(value, where.inside())));
  }
}
