package agrippa.api;

import agrippa.api.wire.JsonSchema;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What answers a route, and what the API's description says of it.
///
/// @param tag the group it is in
/// @param summary one line in the imperative; the name that generated clients get is made of it
/// @param query parameters that may be given
/// @param request the body that must be given, or null if there is none
/// @param answers what it answers when it does not refuse
/// @param refusals statuses with which it refuses, besides those of every operation
/// @param handler does it
record Operation(
    String tag,
    String summary,
    List<Parameter> query,
    @Nullable JsonSchema request,
    List<Answer> answers,
    Set<Integer> refusals,
    Routes.Handler handler)
    implements Routes.Handler {

  /// A query parameter.
  ///
  /// @param repeated whether a list is given by repeating it, and not by commas
  record Parameter(String name, String description, JsonSchema schema, boolean repeated) {
    Parameter(String name, String description, JsonSchema schema) {
      this(name, description, schema, false);
    }
  }

  /// An answer.
  ///
  /// @param body null if there is none
  /// @param textToo whether it is text for those who do not ask for JSON
  record Answer(int status, @Nullable JsonSchema body, boolean textToo) {}

  Operation {
    query = List.copyOf(query);
    answers = List.copyOf(answers);
    refusals = Set.copyOf(refusals);
  }

  /// A parameter that says yes or no.
  static Parameter flag(String name, String description) {
    return new Parameter(name, description, JsonSchema.BOOLEAN);
  }

  /// One that reads, and takes no parameters.
  static Operation reading(String tag, String summary, JsonSchema answer, Routes.Handler handler) {
    return answering(tag, summary, List.of(new Answer(200, answer, false)), handler);
  }

  /// One that does something to what its path names, and answers nothing.
  static Operation doing(String tag, String summary, int status, Routes.Handler handler) {
    return answering(tag, summary, List.of(new Answer(status, null, false)), handler).refusing(409);
  }

  /// One that asks whether all is well.
  ///
  /// @param well the status if it is; 204 has no body
  static Operation asking(String tag, String summary, int well, Routes.Handler handler) {
    JsonSchema found =
        JsonSchema.object()
            .having("detailed", JsonSchema.BOOLEAN)
            .having("reasons", JsonSchema.list(JsonSchema.ANY))
            .named("Findings");
    JsonSchema body = well == 204 ? null : found;
    return answering(
        tag, summary, List.of(new Answer(well, body, true), new Answer(503, body, true)), handler);
  }

  /// One that does nothing but refuse.
  static Operation refused(String tag, String summary, Routes.Handler handler) {
    return answering(tag, summary, List.of(), handler).refusing(400);
  }

  private static Operation answering(
      String tag, String summary, List<Answer> answers, Routes.Handler handler) {
    return new Operation(tag, summary, List.of(), null, answers, Set.of(), handler);
  }

  /// The same, but it answers this.
  Operation answering(JsonSchema body) {
    List<Answer> next = new ArrayList<>();
    answers.forEach(it -> next.add(new Answer(it.status, body, it.textToo)));
    return new Operation(tag, summary, query, request, next, refusals, handler);
  }

  Operation taking(Parameter... parameters) {
    return taking(List.of(parameters));
  }

  Operation taking(List<Parameter> parameters) {
    return new Operation(tag, summary, parameters, request, answers, refusals, handler);
  }

  Operation taking(JsonSchema body) {
    return new Operation(tag, summary, query, body, answers, refusals, handler).refusing(413, 415);
  }

  Operation refusing(Integer... statuses) {
    Set<Integer> all = new TreeSet<>(refusals);
    all.addAll(List.of(statuses));
    return new Operation(tag, summary, query, request, answers, all, handler);
  }

  @Override
  public Reply handle(Request request) {
    return handler.handle(request);
  }
}
