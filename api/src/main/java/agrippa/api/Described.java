package agrippa.api;

import agrippa.api.wire.Body;
import agrippa.api.wire.JsonSchema;
import agrippa.web.Routes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Describes the operations that most kinds of resources have.
///
/// @param tag the group they are in, such as `Listeners`
/// @param one such as `a listener`
/// @param wrapper the key of a single one
/// @param listing of many
/// @param shown a single one in answers
/// @param post what a create says, or null if none can be created
/// @param put what an update says, or null if none can be updated
record Described(
    String tag,
    String one,
    String wrapper,
    Listing<?> listing,
    JsonSchema shown,
    @Nullable Body<?> post,
    @Nullable Body<?> put) {

  Operation list(Routes.Handler handler) {
    return reading("List " + many(), listing.schema(shown), handler).taking(listing.parameters());
  }

  private String many() {
    return tag.substring(0, 1).toLowerCase(Locale.ROOT) + tag.substring(1);
  }

  Operation create(Routes.Handler handler) {
    return create(shown, handler);
  }

  /// @param created what the answer shows
  Operation create(JsonSchema created, Routes.Handler handler) {
    return doing("Create " + one, 201, handler)
        .answering(JsonSchema.wrapped(wrapper, created))
        .taking(schema(post))
        .refusing(404, 501);
  }

  Operation show(Routes.Handler handler) {
    return reading("Show " + one, JsonSchema.wrapped(wrapper, shown), handler)
        .taking(Listing.fields(shown));
  }

  Operation update(Routes.Handler handler) {
    return doing("Update " + one, 200, handler)
        .answering(JsonSchema.wrapped(wrapper, shown))
        .taking(schema(put))
        .refusing(404, 501);
  }

  Operation delete(Routes.Handler handler) {
    return doing("Delete " + one, 204, handler);
  }

  /// Reads something.
  Operation reading(String summary, JsonSchema answer, Routes.Handler handler) {
    return Operation.reading(tag, summary, answer, handler);
  }

  /// Does something, and answers nothing.
  Operation doing(String summary, int status, Routes.Handler handler) {
    return Operation.doing(tag, summary, status, handler);
  }

  /// Octavia's handlers of single things answer for collections, too, and miss an argument.
  Operation updateWithout(String argument) {
    return without(argument, "Update no " + singular());
  }

  /// As [#updateWithout].
  Operation deleteWithout(String argument) {
    return without(argument, "Delete no " + singular());
  }

  private String singular() {
    return one.substring(one.indexOf(' ') + 1);
  }

  /// One that misses an argument.
  Operation without(String argument, String summary) {
    return Operation.refused(
        tag,
        summary + ": always refused, as the path names none",
        any -> Faults.fault(400, "Missing argument: \"" + argument + "\""));
  }

  private static JsonSchema schema(@Nullable Body<?> body) {
    if (body == null) {
      throw new IllegalStateException("there is no such request");
    }
    return body.schema();
  }
}
