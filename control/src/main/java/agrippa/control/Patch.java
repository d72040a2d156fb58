package agrippa.control;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a request says about one attribute: nothing, null, or a value.
public sealed interface Patch<T> {
  /// The request does not name the attribute.
  record Keep<T>() implements Patch<T> {}

  /// The request says null: back to the default.
  record Reset<T>() implements Patch<T> {}

  record Set<T>(T value) implements Patch<T> {}

  static <T> Patch<T> keep() {
    return new Keep<>();
  }

  static <T> Patch<T> reset() {
    return new Reset<>();
  }

  static <T> Patch<T> set(T value) {
    return new Set<>(value);
  }

  /// Whether the request names the attribute, be it with null.
  default boolean given() {
    return !(this instanceof Keep<T>);
  }

  /// The value that the request gives, or null if it gives none.
  default @Nullable T value() {
    return this instanceof Set<T>(T value) ? value : null;
  }

  /// The value after the change.
  default T over(T current, T fallback) {
    return switch (this) {
      case Keep<T>() -> current;
      case Reset<T>() -> fallback;
      case Set<T>(T value) -> value;
    };
  }

  /// The value after the change where null means none.
  default @Nullable T orNull(@Nullable T current) {
    return switch (this) {
      case Keep<T>() -> current;
      case Reset<T>() -> null;
      case Set<T>(T value) -> value;
    };
  }

  default <R> Patch<R> map(Function<? super T, ? extends R> function) {
    return switch (this) {
      case Keep<T>() -> keep();
      case Reset<T>() -> reset();
      case Set<T>(T value) -> set(function.apply(value));
    };
  }
}
