package agrippa.cloud.compute;

import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Routes.Handler;
import agrippa.web.Site;
import tools.jackson.databind.node.ObjectNode;

/// The face of Nova v2.1: every route on one page.
final class ComputeApi implements Site.Edge {
  private static final String VARY = "OpenStack-API-Version, X-OpenStack-Nova-API-Version";

  private final Identity identity;
  private final Parts parts;

  /// What answers.
  record Parts(
      ServerResource servers,
      ServerActions actions,
      ServerParts parts,
      FlavorResource flavors,
      KeyPairResource keyPairs,
      GroupResource groups,
      HostResource host) {}

  ComputeApi(Identity identity, Parts parts) {
    this.identity = identity;
    this.parts = parts;
  }

  Site site(String prefix) {
    Routes routes = new Routes().get("/", ComputeApi::versions).get("/v2.1", ComputeApi::version);
    servers(routes);
    ofServers(routes);
    others(routes);
    return new Site(prefix, routes, this::guarded, this);
  }

  private void servers(Routes routes) {
    ServerResource servers = parts.servers;
    ServerParts more = parts.parts;
    String one = "/v2.1/servers/{id}";
    routes
        .get("/v2.1/servers", known(servers::list))
        .get("/v2.1/servers/detail", known(servers::detail))
        .post("/v2.1/servers", known(servers::create))
        .get(one, known(servers::show))
        .put(one, known(servers::update))
        .delete(one, known(servers::delete))
        .post(one + "/action", known(parts.actions::act))
        .get(one + "/os-security-groups", known(servers::securityGroups))
        .get(one + "/ips", known(servers::addresses))
        .get(one + "/ips/{network}", known(servers::addressesOfNetwork))
        .get(one + "/os-interface", known(more::interfaces))
        .post(one + "/os-interface", known(more::attach))
        .get(one + "/os-interface/{port}", known(more::showInterface))
        .delete(one + "/os-interface/{port}", known(more::detach));
  }

  private void ofServers(Routes routes) {
    ServerParts more = parts.parts;
    String one = "/v2.1/servers/{id}";
    routes
        .get(one + "/metadata", known(more::metadata))
        .post(one + "/metadata", known(more::addMetadata))
        .put(one + "/metadata", known(more::replaceMetadata))
        .get(one + "/metadata/{key}", known(more::metadataItem))
        .put(one + "/metadata/{key}", known(more::setMetadataItem))
        .delete(one + "/metadata/{key}", known(more::removeMetadataItem))
        .get(one + "/tags", known(more::tags))
        .put(one + "/tags", known(more::replaceTags))
        .delete(one + "/tags", known(more::removeTags))
        .get(one + "/tags/{tag}", known(more::hasTag))
        .put(one + "/tags/{tag}", known(more::addTag))
        .delete(one + "/tags/{tag}", known(more::removeTag));
  }

  private void others(Routes routes) {
    FlavorResource flavors = parts.flavors;
    KeyPairResource keyPairs = parts.keyPairs;
    HostResource host = parts.host;
    String flavor = "/v2.1/flavors/{id}";
    String specs = flavor + "/os-extra_specs";
    routes
        .get("/v2.1/flavors", known(flavors::list))
        .get("/v2.1/flavors/detail", known(flavors::detail))
        .post("/v2.1/flavors", known(flavors::create))
        .get(flavor, known(flavors::show))
        .put(flavor, known(flavors::update))
        .delete(flavor, known(flavors::delete))
        .get(flavor + "/os-flavor-access", known(flavors::access))
        .get(specs, known(flavors::extraSpecs))
        .post(specs, known(flavors::addExtraSpecs))
        .get(specs + "/{key}", known(flavors::extraSpec))
        .delete(specs + "/{key}", known(flavors::removeExtraSpec))
        .get("/v2.1/os-keypairs", known(keyPairs::list))
        .post("/v2.1/os-keypairs", known(keyPairs::create))
        .get("/v2.1/os-keypairs/{name}", known(keyPairs::show))
        .delete("/v2.1/os-keypairs/{name}", known(keyPairs::delete))
        .get("/v2.1/os-security-groups", known(parts.groups::list))
        .get("/v2.1/os-security-groups/{id}", known(parts.groups::show))
        .get("/v2.1/os-availability-zone", known(host::zones))
        .get("/v2.1/os-availability-zone/detail", known(host::zonesInDetail))
        .get("/v2.1/limits", known(host::limits))
        .get("/v2.1/os-quota-sets/{project}", known(host::quotas))
        .get("/v2.1/os-quota-sets/{project}/defaults", known(host::quotas))
        .get("/v2.1/os-services", known(host::services))
        .get("/v2.1/os-hypervisors", known(host::hypervisors))
        .get("/v2.1/os-hypervisors/detail", known(host::hypervisorsInDetail))
        .get("/v2.1/os-hypervisors/{id}", known(host::hypervisor))
        .get("/v2.1/extensions", known(host::extensions));
  }

  /// Answers somebody who is known.
  @FunctionalInterface
  interface CallHandler {
    Reply handle(Call call);
  }

  private Handler known(CallHandler handler) {
    return request -> {
      Caller caller =
          request
              .header("x-auth-token")
              .flatMap(identity::authenticate)
              .orElseThrow(Refused::unauthorized);
      int minor = Call.minor(request);
      Call call = new Call(caller, request, minor);
      return versioned(answer(handler, call), minor);
    };
  }

  /// A refusal tells the microversion too.
  private static Reply answer(CallHandler handler, Call call) {
    try {
      return handler.handle(call);
    } catch (Refused e) {
      return e.reply();
    }
  }

  private static Reply versioned(Reply reply, int minor) {
    return reply
        .with("OpenStack-API-Version", "compute 2." + minor)
        .with("X-OpenStack-Nova-API-Version", "2." + minor)
        .with("Vary", VARY);
  }

  private Reply guarded(Request request, Handler next) {
    try {
      return next.handle(request);
    } catch (Refused e) {
      return e.status() == 401
          ? e.reply().with("WWW-Authenticate", "Keystone uri=\"" + identity.publicUrl() + "\"")
          : e.reply();
    } catch (ServiceUnavailableException e) {
      return Refused.reply(503, "The identity service cannot be asked now.");
    }
  }

  // Without a token, as clients ask for these before they have one.

  private static Reply versions(Request request) {
    ObjectNode body = Json.object();
    body.putArray("versions").add(description(request));
    return Reply.json(200, body);
  }

  private static Reply version(Request request) {
    ObjectNode version = description(request);
    version
        .putArray("media-types")
        .addObject()
        .put("base", "application/json")
        .put("type", "application/vnd.openstack.compute+json;version=2.1");
    ObjectNode body = Json.object();
    body.set("version", version);
    return Reply.json(200, body);
  }

  private static ObjectNode description(Request request) {
    ObjectNode version =
        Json.object()
            .put("id", "v2.1")
            .put("status", "CURRENT")
            .put("version", "2." + Call.LATEST)
            .put("min_version", "2.1")
            .put("updated", "2013-07-23T11:33:21Z");
    version.putArray("links").add(Call.link("self", request.baseUrl() + "/v2.1/"));
    return version;
  }

  @Override
  public Reply notFound(Request request) {
    return Refused.reply(404, "The resource could not be found.");
  }

  @Override
  public Reply methodNotAllowed(Request request, String allow) {
    return Refused.reply(405, "The method is not allowed for the requested URL.")
        .with("Allow", allow);
  }

  @Override
  public Reply tooLarge(Request request) {
    return Refused.reply(413, "Request is too large.");
  }

  @Override
  public Reply failed(Request request, Throwable error) {
    return Refused.reply(
        500, "Unexpected API Error; the server's log tells why (" + request.id() + ").");
  }
}
