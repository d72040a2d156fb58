package agrippa.api;

import agrippa.control.Caller;
import agrippa.control.CatalogEditor;
import agrippa.control.Change;
import agrippa.control.ControlSettings;
import agrippa.control.Inventory;
import agrippa.control.Quotas;
import agrippa.control.Verdict;
import agrippa.control.spi.Identity;
import agrippa.model.LoadBalancerId;
import agrippa.model.Shelf;
import agrippa.web.Healthcheck;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Site;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// Octavia's API, version 2: every route on this page. Clients use `/v2.0/lbaas`; the other three
/// roots are Octavia's aliases.
public final class OctaviaApi {
  private final Identity identity;
  private final Healthcheck healthcheck;
  private final LoadBalancersResource loadBalancers;
  private final ListenersResource listeners;
  private final PoolsResource pools;
  private final MembersResource members;
  private final HealthMonitorsResource healthMonitors;
  private final L7PoliciesResource policies;
  private final L7RulesResource rules;
  private final QuotasResource quotas;
  private final ProvidersResource providers;
  private final ProfilesResource flavorProfiles;
  private final OffersResource flavors;
  private final ProfilesResource zoneProfiles;
  private final OffersResource zones;
  private final AmphoraeResource amphorae;

  /// What an operator decides about the API itself.
  ///
  /// @param maxLimit most items of a list's answer (`pagination_max_limit`)
  /// @param healthcheck answers who asks whether the program works
  public record Service(int maxLimit, Healthcheck healthcheck) {
    /// Octavia's default of the limit.
    public static final int MAX_LIMIT = 1_000;
  }

  /// @param submit decides about changes: [agrippa.control.ControlPlane#submit]
  /// @param tellAgain has a data plane told everything anew:
  ///     [agrippa.control.ControlPlane#tellAgain]
  public OctaviaApi(
      BiFunction<Caller, Change, Verdict> submit,
      Inventory inventory,
      Quotas quotas,
      CatalogEditor catalog,
      Consumer<LoadBalancerId> tellAgain,
      Identity identity,
      ControlSettings settings,
      Service service) {
    Gateway gateway = new Gateway(submit, inventory, settings.policy(), service.maxLimit());
    this.healthcheck = service.healthcheck();
    this.identity = identity;
    this.loadBalancers = new LoadBalancersResource(gateway);
    this.listeners = new ListenersResource(gateway);
    this.pools = new PoolsResource(gateway);
    this.members = new MembersResource(gateway);
    this.healthMonitors = new HealthMonitorsResource(gateway);
    this.policies = new L7PoliciesResource(gateway);
    this.rules = new L7RulesResource(gateway);
    this.quotas = new QuotasResource(gateway, quotas);
    this.providers = new ProvidersResource(gateway, settings.providers(), catalog);
    this.flavorProfiles = new ProfilesResource(gateway, Shelf.FLAVORS, catalog);
    this.flavors = new OffersResource(gateway, Shelf.FLAVORS, catalog);
    this.zoneProfiles = new ProfilesResource(gateway, Shelf.AVAILABILITY_ZONES, catalog);
    this.zones = new OffersResource(gateway, Shelf.AVAILABILITY_ZONES, catalog);
    this.amphorae = new AmphoraeResource(gateway, tellAgain);
  }

  /// @param prefix where it is served, such as `/load-balancer`
  public Site site(String prefix) {
    Routes routes =
        new Routes()
            .get("/", Versions::list)
            .get("/healthcheck", healthcheck::answer)
            .head("/healthcheck", healthcheck::answer);
    for (String version : new String[] {"/v2.0", "/v2"}) {
      routes.get(version, Versions::name).get(version + "/lbaas", Versions::name);
      resources(routes, version);
      resources(routes, version + "/lbaas");
      amphorae(routes, version + "/octavia/amphorae");
    }
    return new Site(prefix, routes, new Access(identity), new Framework());
  }

  private void resources(Routes routes, String root) {
    String id = "/{id}";

    String loadBalancer = root + "/loadbalancers";
    routes
        .get(loadBalancer, loadBalancers::list)
        .post(loadBalancer, loadBalancers::create)
        .get(loadBalancer + id, loadBalancers::show)
        .put(loadBalancer + id, loadBalancers::update)
        .delete(loadBalancer + id, loadBalancers::delete)
        .get(loadBalancer + id + "/status", loadBalancers::statuses)
        .get(loadBalancer + id + "/statuses", loadBalancers::statuses)
        .get(loadBalancer + id + "/stats", loadBalancers::statistics)
        .put(loadBalancer + id + "/failover", loadBalancers::failOver)
        .delete(loadBalancer + id + "/failover", without("id"));

    String listener = root + "/listeners";
    routes
        .get(listener, listeners::list)
        .post(listener, listeners::create)
        .get(listener + id, listeners::show)
        .put(listener + id, listeners::update)
        .delete(listener + id, listeners::delete)
        .get(listener + id + "/stats", listeners::statistics);

    String pool = root + "/pools";
    routes
        .get(pool, pools::list)
        .post(pool, pools::create)
        .get(pool + id, pools::show)
        .put(pool + id, pools::update)
        .delete(pool + id, pools::delete);

    String member = root + "/pools/{pool}/members";
    routes
        .get(member, members::list)
        .post(member, members::create)
        .put(member, members::replace)
        .get(member + id, members::show)
        .put(member + id, members::update)
        .delete(member + id, members::delete);

    String monitor = root + "/healthmonitors";
    routes
        .get(monitor, healthMonitors::list)
        .post(monitor, healthMonitors::create)
        .get(monitor + id, healthMonitors::show)
        .put(monitor + id, healthMonitors::update)
        .delete(monitor + id, healthMonitors::delete);

    String policy = root + "/l7policies";
    routes
        .get(policy, policies::list)
        .post(policy, policies::create)
        .get(policy + id, policies::show)
        .put(policy + id, policies::update)
        .delete(policy + id, policies::delete);

    String rule = root + "/l7policies/{policy}/rules";
    routes
        .get(rule, rules::list)
        .post(rule, rules::create)
        .get(rule + id, rules::show)
        .put(rule + id, rules::update)
        .delete(rule + id, rules::delete);

    String quota = root + "/quotas";
    String project = quota + "/{project}";
    routes
        .get(quota, quotas::list)
        .get(project, quotas::show)
        .put(project, quotas::update)
        .delete(project, quotas::delete)
        .get(project + "/default", quotas::defaults)
        .put(quota, without("project_id"))
        .delete(quota, without("project_id"));

    String provider = root + "/providers";
    routes
        .get(provider, providers::list)
        .get(provider + "/{provider}/flavor_capabilities", providers::flavorCapabilities)
        .get(provider + "/{provider}/availability_zone_capabilities", providers::zoneCapabilities);

    profiles(routes, root + "/flavorprofiles", flavorProfiles, "flavor_profile_id");
    offers(routes, root + "/flavors", flavors, "id", "flavor_id");
    profiles(
        routes, root + "/availabilityzoneprofiles", zoneProfiles, "availability_zone_profile_id");
    offers(routes, root + "/availabilityzones", zones, "name", "availability_zone_name");

    for (String collection : new String[] {loadBalancer, listener, pool, monitor, policy, rule}) {
      routes.put(collection, without("id")).delete(collection, without("id"));
    }
    routes.delete(member, without("id"));
  }

  /// Not below `lbaas`: operators use them.
  private void amphorae(Routes routes, String root) {
    String id = root + "/{id}";
    routes
        .get(root, amphorae::list)
        .delete(root, without("id"))
        .get(id, amphorae::show)
        .delete(id, amphorae::delete)
        .get(id + "/stats", amphorae::statistics)
        .put(id + "/failover", amphorae::failOver)
        .put(id + "/config", amphorae::configure);
  }

  /// @param deleted the argument that a DELETE of the collection misses
  private static void profiles(
      Routes routes, String collection, ProfilesResource profiles, String deleted) {
    routes
        .put(collection, without("id"))
        .delete(collection, without(deleted))
        .get(collection, profiles::list)
        .post(collection, profiles::create)
        .get(collection + "/{id}", profiles::show)
        .put(collection + "/{id}", profiles::update)
        .delete(collection + "/{id}", profiles::delete);
  }

  /// @param updated the argument that a PUT of the collection misses
  /// @param deleted the one that a DELETE misses
  private static void offers(
      Routes routes, String collection, OffersResource offers, String updated, String deleted) {
    routes
        .put(collection, without(updated))
        .delete(collection, without(deleted))
        .get(collection, offers::list)
        .post(collection, offers::create)
        .get(collection + "/{id}", offers::show)
        .put(collection + "/{id}", offers::update)
        .delete(collection + "/{id}", offers::delete);
  }

  /// Octavia's handlers of single things answer for collections, too, and miss an argument.
  private static Routes.Handler without(String argument) {
    return request -> Faults.fault(400, "Missing argument: \"" + argument + "\"");
  }

  /// What Octavia's framework says.
  private static final class Framework implements Site.Edge {
    @Override
    public Reply notFound(Request request) {
      return Faults.framework(404, "Not Found", "The resource could not be found.");
    }

    @Override
    public Reply methodNotAllowed(Request request, String allow) {
      return Faults.framework(
          405,
          "Method Not Allowed",
          "The method " + request.method() + " is not allowed for this resource.");
    }

    @Override
    public Reply tooLarge(Request request) {
      return Faults.framework(413, "Request Entity Too Large", "Request is too large.");
    }

    @Override
    public Reply failed(Request request, Throwable error) {
      return Faults.fault(500, "An unexpected error occurred; it is logged as " + request.id());
    }
  }
}
