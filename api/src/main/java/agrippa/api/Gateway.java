package agrippa.api;

import agrippa.api.wire.BadRequest;
import agrippa.api.wire.Shape;
import agrippa.control.Caller;
import agrippa.control.Change;
import agrippa.control.Inventory;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.control.Verdict;
import agrippa.control.access.Action;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.control.access.Policy;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The way into the control plane that all resources share: what a caller may see, what a request
/// may carry, and how a verdict is answered.
///
/// @param submit decides about changes
/// @param policy who may do what
/// @param maxLimit most items of a list's answer
record Gateway(
    BiFunction<Caller, Change, Verdict> submit, Inventory inventory, Policy policy, int maxLimit) {
  private static final Set<String> JSON =
      Set.of("application/json", "text/javascript", "application/javascript");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /// Trees that a list request is about.
  ///
  /// @throws RefusedException as [#scope] does
  Stream<LoadBalancerTree> visible(Request request, Subject subject) {
    Optional<ProjectId> scope = scope(request, subject);
    return inventory.all().stream()
        .filter(it -> scope.isEmpty() || it.loadBalancer().project().equals(scope.get()));
  }

  /// The project that a list request is about: the one that it names, or the caller's; nothing if
  /// it is about all, as for those who may list all and name none.
  ///
  /// @throws RefusedException if the caller may not list that, or has no project
  Optional<ProjectId> scope(Request request, Subject subject) {
    return scope(request.query("project_id").map(ProjectId::new).orElse(null), subject);
  }

  /// As [#scope(Request, Subject)], for a list where the project is a filter like others.
  Optional<ProjectId> scope(Subject subject) {
    return scope((ProjectId) null, subject);
  }

  private Optional<ProjectId> scope(@Nullable ProjectId asked, Subject subject) {
    Caller caller = Access.caller();
    ProjectId project = asked;
    if (project == null && !allows(subject.to(Verb.GET_ALL_GLOBAL), null)) {
      project = caller.project();
      if (project == null) {
        throw new RefusedException(new Refusal.Forbidden());
      }
    }
    require(subject.to(Verb.GET_ALL), project);
    return Optional.ofNullable(project);
  }

  private boolean allows(Action action, @Nullable ProjectId owner) {
    return policy.allows(Access.caller(), action, owner);
  }

  /// Checks that the caller may do something to what a project owns.
  ///
  /// @param owner null for what belongs to all
  /// @throws RefusedException if not
  void require(Action action, @Nullable ProjectId owner) {
    if (!allows(action, owner)) {
      throw new RefusedException(new Refusal.Forbidden());
    }
  }

  /// Checks that the caller may do something to what nobody owns: it counts as their own.
  void require(Action action) {
    require(action, Access.caller().project());
  }

  void require(Action action, LoadBalancerTree tree) {
    require(action, tree.loadBalancer().project());
  }

  /// Something addressed by a path, to which the caller may do what the action says.
  ///
  /// @throws RefusedException if it does not exist, or they may not
  <T> T found(
      Action action, Optional<T> found, Kind kind, String id, Function<T, LoadBalancerTree> tree) {
    T it = found.orElseThrow(() -> notFound(kind, id));
    require(action, tree.apply(it));
    return it;
  }

  static RefusedException notFound(Kind kind, String id) {
    return new RefusedException(new Refusal.NotFound(kind, id));
  }

  /// An id of a path, of which Octavia checks nothing: a malformed one is just not found.
  static Optional<UUID> id(String text) {
    return UUID_TEXT.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }

  /// An id of a path that a change addresses.
  static UUID id(Kind kind, String text) {
    return id(text).orElseThrow(() -> notFound(kind, text));
  }

  /// Answers with one resource, or with the fields of it that were asked for.
  static <T> Reply show(Request request, String wrapper, Shape<T> shape, T it) {
    return wrapped(200, wrapper, shape.json(it, request.query().getOrDefault("fields", List.of())));
  }

  static Reply wrapped(int status, String wrapper, JsonNode resource) {
    var body = Json.object();
    body.set(wrapper, resource);
    return Reply.json(status, body);
  }

  /// Has a change decided.
  ///
  /// @param accepted what is answered if it is accepted
  Reply submit(Change change, Function<Verdict.Accepted, Reply> accepted) {
    return switch (submit.apply(Access.caller(), change)) {
      case Verdict.Accepted it -> accepted.apply(it);
      case Verdict.Refused(Refusal why) -> Faults.of(why);
    };
  }

  /// The body of a request that should have one.
  ///
  /// @throws BadRequest if it is of a type that is not read
  static byte[] body(Request request) {
    if (request.body().length == 0) {
      return request.body();
    }
    String type =
        request.header("content-type").orElse("").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (type.equals("application/x-www-form-urlencoded")) {
      // Octavia looks for a form's fields elsewhere, and finds nothing.
      return new byte[0];
    }
    if (!JSON.contains(type)) {
      throw new BadRequest(415, "Unknown mimetype: " + type);
    }
    return request.body();
  }

  /// Checks that a request has no query parameters but these.
  static void onlyArguments(Request request, String... known) {
    List<String> unknown =
        request.query().keySet().stream().filter(it -> !List.of(known).contains(it)).toList();
    if (!unknown.isEmpty()) {
      throw new BadRequest("Unknown argument: \"" + String.join(", ", unknown) + "\"");
    }
  }

  /// Checks that a request says nothing but what its path says.
  static void noBody(Request request) {
    List<String> unknown =
        Json.parse(request.body()).map(JsonNode::propertyNames).stream()
            .flatMap(Collection::stream)
            .toList();
    if (!unknown.isEmpty()) {
      throw new BadRequest("Unknown argument: \"" + String.join(", ", unknown) + "\"");
    }
  }

  /// A flag in a query, as oslo reads it: anything else than a few words is false.
  static boolean flag(Request request, String name) {
    return Set.of("true", "t", "yes", "y", "on", "1")
        .contains(request.query(name).orElse("").strip().toLowerCase(Locale.ROOT));
  }
}
