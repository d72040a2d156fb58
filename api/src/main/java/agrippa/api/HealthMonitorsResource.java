package agrippa.api;

import agrippa.api.wire.HealthMonitorJson;
import agrippa.api.wire.Part;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Verdict;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.HealthMonitor;
import agrippa.model.HealthMonitorId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Pool;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.Optional;
import java.util.stream.Stream;

/// `/healthmonitors`.
final class HealthMonitorsResource {
  private static final Listing<Part<Pool, HealthMonitor>> LISTING =
      new Listing<>(
          "healthmonitors",
          HealthMonitorJson.SHAPE,
          it -> it.it().id().toString(),
          it -> it.it().labels().tags());

  static final Described OPERATIONS =
      new Described(
          "Health monitors",
          "a health monitor",
          "healthmonitor",
          LISTING,
          HealthMonitorJson.SCHEMA,
          HealthMonitorJson.POST,
          HealthMonitorJson.PUT);

  private final Gateway gateway;

  HealthMonitorsResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return LISTING.page(
        gateway.maxLimit(),
        request,
        gateway.visible(request, Subject.HEALTH_MONITOR).flatMap(HealthMonitorsResource::parts));
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    Change change = HealthMonitorJson.POST.read(Gateway.body(request));
    return gateway.submit(change, it -> shown(201, it));
  }

  Reply show(Request request) {
    String text = request.parameter("id");
    Part<Pool, HealthMonitor> monitor =
        gateway.found(
            Subject.HEALTH_MONITOR.to(Verb.GET_ONE),
            Gateway.id(text).map(HealthMonitorId::new).flatMap(this::find),
            Kind.HEALTH_MONITOR,
            text,
            Part::tree);
    return Gateway.show(request, "healthmonitor", HealthMonitorJson.SHAPE, monitor);
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    Attributes.OfHealthMonitor attributes = HealthMonitorJson.PUT.read(Gateway.body(request));
    return gateway.submit(
        new Change.UpdateHealthMonitor(id(request), attributes), it -> shown(200, it));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    return gateway.submit(new Change.DeleteHealthMonitor(id(request)), it -> Reply.empty(204));
  }

  private Optional<Part<Pool, HealthMonitor>> find(HealthMonitorId id) {
    return gateway.inventory().treeOf(id).flatMap(tree -> part(tree, id));
  }

  private static HealthMonitorId id(Request request) {
    return new HealthMonitorId(Gateway.id(Kind.HEALTH_MONITOR, request.parameter("id")));
  }

  private static Reply shown(int status, Verdict.Accepted accepted) {
    Part<Pool, HealthMonitor> monitor =
        part(accepted.tree(), new HealthMonitorId(accepted.subject())).orElseThrow();
    return Gateway.wrapped(status, "healthmonitor", HealthMonitorJson.SHAPE.json(monitor));
  }

  private static Optional<Part<Pool, HealthMonitor>> part(
      LoadBalancerTree tree, HealthMonitorId id) {
    return parts(tree).filter(it -> it.it().id().equals(id)).findFirst();
  }

  private static Stream<Part<Pool, HealthMonitor>> parts(LoadBalancerTree tree) {
    return tree.pools().stream()
        .flatMap(pool -> Stream.ofNullable(pool.monitor()).map(it -> new Part<>(tree, pool, it)));
  }
}
