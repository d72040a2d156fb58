package agrippa.api;

import agrippa.api.wire.BadRequest;
import agrippa.api.wire.QuotaJson;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.Quotas;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Countable;
import agrippa.model.ProjectId;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/quotas`. A project need not exist to have one.
final class QuotasResource {
  /// What the store has room for.
  private static final int LONGEST_PROJECT_ID = 36;

  private static final Listing<QuotaJson.Row> LISTING =
      new Listing<>("quotas", QuotaJson.SHAPE, it -> it.project().value(), it -> List.of());

  static final Described OPERATIONS =
      new Described("Quotas", "a quota", "quota", LISTING, QuotaJson.LISTED, null, QuotaJson.PUT);

  private final Gateway gateway;
  private final Quotas quotas;

  QuotasResource(Gateway gateway, Quotas quotas) {
    this.gateway = gateway;
    this.quotas = quotas;
  }

  Reply list(Request request) {
    Optional<ProjectId> scope = gateway.scope(Subject.QUOTA);
    return LISTING.page(
        gateway.maxLimit(),
        withoutFields(request),
        quotas.known().entrySet().stream()
            .filter(it -> scope.isEmpty() || it.getKey().equals(scope.get()))
            .map(it -> new QuotaJson.Row(it.getKey(), it.getValue())));
  }

  /// Octavia shows quotas in full only.
  private static Request withoutFields(Request request) {
    Map<String, List<String>> query = new LinkedHashMap<>(request.query());
    query.remove("fields");
    return request.withQuery(query);
  }

  Reply show(Request request) {
    Gateway.onlyArguments(request);
    ProjectId project = project(request);
    gateway.require(Subject.QUOTA.to(Verb.GET_ONE), project);
    return Gateway.wrapped(200, "quota", QuotaJson.whole(project, quotas.of(project)));
  }

  Reply defaults(Request request) {
    Gateway.onlyArguments(request);
    ProjectId project = project(request);
    gateway.require(Subject.QUOTA.to(Verb.GET_DEFAULTS), project);
    return Gateway.wrapped(200, "quota", QuotaJson.whole(project, quotas.defaults()));
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    Map<Countable, Patch<Integer>> limits = QuotaJson.PUT.read(Gateway.body(request));
    ProjectId project = project(request);
    gateway.require(Subject.QUOTA.to(Verb.PUT), project);
    if (project.value().length() > LONGEST_PROJECT_ID) {
      throw new BadRequest(
          "Invalid input for field/attribute project_id. Value: '%s'. Value should have a maximum"
                  .formatted(project)
              + " character requirement of "
              + LONGEST_PROJECT_ID);
    }
    quotas.change(project, limits);
    return Gateway.wrapped(202, "quota", QuotaJson.updated(quotas.of(project)));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    ProjectId project = project(request);
    gateway.require(Subject.QUOTA.to(Verb.DELETE), project);
    if (!quotas.reset(project)) {
      throw Gateway.notFound(Kind.QUOTAS, project.value());
    }
    return Reply.empty(202);
  }

  private static ProjectId project(Request request) {
    return new ProjectId(request.parameter("project"));
  }
}
