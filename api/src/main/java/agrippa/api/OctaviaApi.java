package agrippa.api;

import agrippa.api.wire.AmphoraJson;
import agrippa.api.wire.JsonSchema;
import agrippa.api.wire.LoadBalancerJson;
import agrippa.api.wire.MemberJson;
import agrippa.api.wire.QuotaJson;
import agrippa.api.wire.StatusJson;
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
    Routes routes = new Routes();
    routes
        .get("/", api("List versions", Versions.schema(), Versions::list))
        .get(OpenApi.PATH, new OpenApi(routes).operation())
        .get(
            "/healthcheck",
            Operation.asking("API", "Tell whether the program works", 200, healthcheck::answer))
        .head(
            "/healthcheck",
            Operation.asking("API", "Ask whether the program works", 204, healthcheck::answer));
    for (String version : new String[] {"/v2.0", "/v2"}) {
      for (String root : new String[] {version + "/lbaas", version}) {
        routes.get(root, api("Name the version", JsonSchema.TEXT, Versions::name));
        resources(routes, root);
      }
      amphorae(routes, version + "/octavia/amphorae");
    }
    return new Site(prefix, routes, new Access(identity), new Framework());
  }

  private static Operation api(String summary, JsonSchema answer, Routes.Handler handler) {
    return Operation.reading("API", summary, answer, handler);
  }

  private void resources(Routes routes, String root) {
    loadBalancers(routes, root + "/loadbalancers");
    listeners(routes, root + "/listeners");
    pools(routes, root + "/pools");
    members(routes, root + "/pools/{pool}/members");
    healthMonitors(routes, root + "/healthmonitors");
    policies(routes, root + "/l7policies");
    rules(routes, root + "/l7policies/{policy}/rules");
    quotas(routes, root + "/quotas");
    providers(routes, root + "/providers");
    profiles(routes, root + "/flavorprofiles", flavorProfiles, "flavor_profile_id");
    flavors(routes, root + "/flavors");
    profiles(
        routes, root + "/availabilityzoneprofiles", zoneProfiles, "availability_zone_profile_id");
    zones(routes, root + "/availabilityzones");
  }

  private void loadBalancers(Routes routes, String collection) {
    Described of = LoadBalancersResource.OPERATIONS;
    String one = collection + "/{id}";
    JsonSchema statuses = StatusJson.statusesSchema();
    JsonSchema statistics = StatusJson.statisticsSchema();
    routes
        .get(collection, of.list(loadBalancers::list))
        .post(collection, of.create(LoadBalancerJson.wholeSchema(), loadBalancers::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(loadBalancers::show))
        .put(one, of.update(loadBalancers::update))
        .delete(
            one,
            of.delete(loadBalancers::delete)
                .taking(Operation.flag("cascade", "Deletes all that it has, too.")))
        .get(
            one + "/status",
            of.reading(
                "Show the status tree of a load balancer", statuses, loadBalancers::statuses))
        .get(
            one + "/statuses",
            of.reading("Show the statuses of a load balancer", statuses, loadBalancers::statuses))
        .get(
            one + "/stats",
            of.reading(
                "Show the statistics of a load balancer", statistics, loadBalancers::statistics))
        .put(one + "/failover", of.doing("Fail over a load balancer", 202, loadBalancers::failOver))
        .delete(one + "/failover", of.without("id", "Delete a failover"));
  }

  private void listeners(Routes routes, String collection) {
    Described of = ListenersResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(listeners::list))
        .post(collection, of.create(listeners::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(listeners::show))
        .put(one, of.update(listeners::update))
        .delete(one, of.delete(listeners::delete))
        .get(
            one + "/stats",
            of.reading(
                "Show the statistics of a listener",
                StatusJson.statisticsSchema(),
                listeners::statistics));
  }

  private void pools(Routes routes, String collection) {
    Described of = PoolsResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(pools::list))
        .post(collection, of.create(pools::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(pools::show))
        .put(one, of.update(pools::update))
        .delete(one, of.delete(pools::delete));
  }

  private void members(Routes routes, String collection) {
    Described of = MembersResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(members::list))
        .post(collection, of.create(members::create))
        .put(
            collection,
            of.doing("Replace the members of a pool", 202, members::replace)
                .taking(Operation.flag("additive_only", "Leaves members that are not named."))
                .taking(MemberJson.BATCH.schema())
                .refusing(501))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(members::show))
        .put(one, of.update(members::update))
        .delete(one, of.delete(members::delete));
  }

  private void healthMonitors(Routes routes, String collection) {
    Described of = HealthMonitorsResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(healthMonitors::list))
        .post(collection, of.create(healthMonitors::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(healthMonitors::show))
        .put(one, of.update(healthMonitors::update))
        .delete(one, of.delete(healthMonitors::delete));
  }

  private void policies(Routes routes, String collection) {
    Described of = L7PoliciesResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(policies::list))
        .post(collection, of.create(policies::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(policies::show))
        .put(one, of.update(policies::update))
        .delete(one, of.delete(policies::delete));
  }

  private void rules(Routes routes, String collection) {
    Described of = L7RulesResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(rules::list))
        .post(collection, of.create(rules::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(rules::show))
        .put(one, of.update(rules::update))
        .delete(one, of.delete(rules::delete));
  }

  private void quotas(Routes routes, String collection) {
    Described of = QuotasResource.OPERATIONS;
    String one = collection + "/{project}";
    JsonSchema whole = JsonSchema.wrapped("quota", QuotaJson.wholeSchema());
    routes
        .get(collection, of.list(quotas::list))
        .put(collection, of.updateWithout("project_id"))
        .delete(collection, of.deleteWithout("project_id"))
        .get(one, of.reading("Show the quota of a project", whole, quotas::show))
        .put(
            one,
            of.doing("Update the quota of a project", 202, quotas::update)
                .answering(JsonSchema.wrapped("quota", QuotaJson.updatedSchema()))
                .taking(QuotaJson.PUT.schema()))
        .delete(one, of.doing("Reset the quota of a project", 202, quotas::delete))
        .get(one + "/default", of.reading("Show the default quota", whole, quotas::defaults));
  }

  private void providers(Routes routes, String collection) {
    String one = collection + "/{provider}";
    routes
        .get(
            collection, ProvidersResource.operation("List providers", "providers", providers::list))
        .get(
            one + "/flavor_capabilities",
            ProvidersResource.filtered(
                "List what flavors may say", "flavor_capabilities", providers::flavorCapabilities))
        .get(
            one + "/availability_zone_capabilities",
            ProvidersResource.filtered(
                "List what availability zones may say",
                "availability_zone_capabilities",
                providers::zoneCapabilities));
  }

  /// @param deleted the argument that a DELETE of the collection misses
  private static void profiles(
      Routes routes, String collection, ProfilesResource profiles, String deleted) {
    Described of = profiles.operations();
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(profiles::list))
        .post(collection, of.create(profiles::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout(deleted))
        .get(one, of.show(profiles::show))
        .put(one, of.update(profiles::update))
        .delete(one, of.delete(profiles::delete));
  }

  private void flavors(Routes routes, String collection) {
    Described of = flavors.operations();
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(flavors::list))
        .post(collection, of.create(flavors::create))
        .put(collection, of.updateWithout("id"))
        .delete(collection, of.deleteWithout("flavor_id"))
        .get(one, of.show(flavors::show))
        .put(one, of.update(flavors::update))
        .delete(one, of.delete(flavors::delete));
  }

  private void zones(Routes routes, String collection) {
    Described of = zones.operations();
    String one = collection + "/{name}";
    routes
        .get(collection, of.list(zones::list))
        .post(collection, of.create(zones::create))
        .put(collection, of.updateWithout("name"))
        .delete(collection, of.deleteWithout("availability_zone_name"))
        .get(one, of.show(zones::show))
        .put(one, of.update(zones::update))
        .delete(one, of.delete(zones::delete));
  }

  /// Not below `lbaas`: operators use them.
  private void amphorae(Routes routes, String collection) {
    Described of = AmphoraeResource.OPERATIONS;
    String one = collection + "/{id}";
    routes
        .get(collection, of.list(amphorae::list))
        .delete(collection, of.deleteWithout("id"))
        .get(one, of.show(amphorae::show))
        .delete(one, of.delete(amphorae::delete).refusing(501))
        .get(
            one + "/stats",
            of.reading(
                "Show the statistics of an amphora",
                JsonSchema.wrapped("amphora_stats", AmphoraJson.statisticsSchema()),
                amphorae::statistics))
        .put(one + "/failover", of.doing("Fail over an amphora", 202, amphorae::failOver))
        .put(one + "/config", of.doing("Configure an amphora", 202, amphorae::configure));
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
