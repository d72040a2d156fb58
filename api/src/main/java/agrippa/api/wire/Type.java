package agrippa.api.wire;

import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// How an attribute's value is read.
@FunctionalInterface
interface Type<T> {
  /// The value in this JSON, which is not null.
  ///
  /// @throws BadRequest if it is none of this type
  T read(JsonNode value, Where where);

  default <R> Type<R> map(Function<? super T, ? extends R> function) {
    return (value, where) -> function.apply(read(value, where));
  }
}
