package agrippa.api.wire;

import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// How an attribute's value is read.
///
/// @param schema describes the values in their plain form; the reader may take more
record Type<T>(JsonSchema schema, Reader<T> reader) {

  @FunctionalInterface
  interface Reader<T> {
    /// The value in this JSON, which is not null.
    ///
    /// @throws BadRequest if it is none of this type
    T read(JsonNode value, Where where);
  }

  /// As [Reader#read].
  T read(JsonNode value, Where where) {
    return reader.read(value, where);
  }

  <R> Type<R> map(Function<? super T, ? extends R> function) {
    return new Type<>(schema, (value, where) -> function.apply(reader.read(value, where)));
  }

  /// The same, described more exactly.
  Type<T> with(String keyword, Object value) {
    return new Type<>(schema.with(keyword, value), reader);
  }

  Type<T> without(String keyword) {
    return new Type<>(schema.without(keyword), reader);
  }
}
