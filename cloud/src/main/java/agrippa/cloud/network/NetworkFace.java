package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Site;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Neutron's REST interface, version 2.0: every route is on this page.
final class NetworkFace {
  private final Identity identity;
  private final NetworkReports reports;
  private final RouterActions routers;
  private final List<CollectionFace<?>> collections;

  NetworkFace(
      Identity identity,
      NetworkReports reports,
      RouterActions routers,
      List<CollectionFace<?>> collections) {
    this.identity = identity;
    this.reports = reports;
    this.routers = routers;
    this.collections = List.copyOf(collections);
  }

  Site site(String prefix) {
    Routes routes = new Routes();
    routes.get("/", NetworkFace::versions);
    routes.get("/v2.0", as(this::resources));
    routes.get("/v2.0/extensions", as((_, _) -> extensions()));
    routes.get("/v2.0/extensions/{alias}", as((_, request) -> extension(request)));
    routes.get("/v2.0/quotas/{project}", as((_, _) -> reports.quota()));
    routes.get("/v2.0/quotas/{project}/default", as((_, _) -> reports.quota()));
    routes.get("/v2.0/quotas/{project}/details", as(reports::quotaDetails));
    routes.get("/v2.0/quotas/{project}/details.json", as(reports::quotaDetails));
    String addresses = "/v2.0/network-ip-availabilities";
    routes.get(addresses, as(reports::availabilities));
    routes.get(addresses + "/{id}", as(reports::availability));
    for (String none : List.of("agents", "availability_zones")) {
      routes.get("/v2.0/" + none, as((_, _) -> NetworkReports.none(none)));
    }
    collections.forEach(it -> add(routes, it));
    String router = "/v2.0/routers/{id}/";
    routes.put(router + "add_router_interface", as(routers::addInterface));
    routes.put(router + "remove_router_interface", as(routers::removeInterface));
    routes.put(router + "add_extraroutes", as(routers::addRoutes));
    routes.put(router + "remove_extraroutes", as(routers::removeRoutes));
    return new Site(prefix, routes, (request, next) -> next.handle(request), new NetworkEdge());
  }

  private void add(Routes routes, CollectionFace<?> face) {
    String all = "/v2.0/" + face.kind().path();
    String one = all + "/{id}";
    String tags = one + "/tags";
    String tag = tags + "/{tag}";
    routes.get(all, as(face::list)).post(all, as(face::create));
    routes.get(one, as(face::show)).put(one, as(face::update)).delete(one, as(face::delete));
    routes.get(tags, as(face::tags));
    routes.put(tags, as(face::replaceTags)).delete(tags, as(face::removeTags));
    routes.get(tag, as(face::hasTag));
    routes.put(tag, as(face::addTag)).delete(tag, as(face::removeTag));
  }

  /// Answers a request of somebody known.
  @FunctionalInterface
  private interface Call {
    Reply handle(Caller caller, Request request);
  }

  /// Lets only those in whose token is good, and turns faults into answers.
  private Routes.Handler as(Call call) {
    return request -> {
      try {
        Optional<Caller> caller = request.header("x-auth-token").flatMap(identity::authenticate);
        return caller.isPresent() ? call.handle(caller.get(), request) : unauthorized();
      } catch (Fault fault) {
        return fault.reply();
      } catch (ServiceUnavailableException e) {
        return Fault.unavailable().reply();
      }
    };
  }

  private Reply unauthorized() {
    ObjectNode body = Json.object();
    body.putObject("error")
        .put("code", 401)
        .put("title", "Unauthorized")
        .put("message", "The request you have made requires authentication.");
    return Reply.json(401, body)
        .with("WWW-Authenticate", "Keystone uri=\"" + identity.publicUrl() + "\"");
  }

  private static Reply versions(Request request) {
    ObjectNode body = Json.object();
    ObjectNode version = body.putArray("versions").addObject();
    version.put("id", "v2.0").put("status", "CURRENT");
    version
        .putArray("links")
        .addObject()
        .put("rel", "self")
        .put("href", request.baseUrl() + "/v2.0/");
    return Reply.json(200, body);
  }

  private Reply resources(Caller caller, Request request) {
    ObjectNode body = Json.object();
    ArrayNode resources = body.putArray("resources");
    for (CollectionFace<?> it : collections) {
      String href = request.baseUrl() + "/v2.0/" + it.kind().path();
      ObjectNode resource = resources.addObject();
      resource.putArray("links").addObject().put("rel", "self").put("href", href);
      resource.put("name", it.kind().singular()).put("collection", it.kind().plural());
    }
    return Reply.json(200, body);
  }

  private static Reply extensions() {
    ObjectNode body = Json.object();
    ArrayNode all = body.putArray("extensions");
    Stream.of(Extension.values()).forEach(it -> all.add(it.json()));
    return Reply.json(200, body);
  }

  private static Reply extension(Request request) {
    String alias = request.parameter("alias");
    ObjectNode found =
        Stream.of(Extension.values())
            .filter(it -> it.alias().equals(alias))
            .findFirst()
            .map(Extension::json)
            .orElseThrow(
                () ->
                    Fault.notFound(
                        "ExtensionsNotFound", "Extensions not found: ['" + alias + "']."));
    ObjectNode body = Json.object();
    body.set("extension", found);
    return Reply.json(200, body);
  }
}
