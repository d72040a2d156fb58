package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Lists as clients read them: their keys, pages and filters.
class ListsTest {
  @TempDir private static Path folder;
  private static Tenant tenant;
  private static Service balancers;
  private static String blue;
  private static String red;
  private static String listener;
  private static String pool;
  private static String policy;

  @BeforeAll
  static void start() throws Exception {
    tenant = Tenant.start(folder);
    balancers = tenant.balancers();
    String subnet = tenant.subnet("10.53.0.0/24");
    blue = tenant.balancer("blue", subnet);
    red = tenant.balancer("red", subnet);
    tag(blue, "[\"cluster\", \"blue\"]");
    tag(red, "[\"cluster\", \"red\"]");
    listener = id("/listeners", listener(blue, "web"));
    id("/listeners", listener(red, "web"));
    pool =
        id(
            "/pools",
            """
            {"pool": {"name": "pool", "listener_id": "%s", "protocol": "HTTP",
              "lb_algorithm": "ROUND_ROBIN"}}
            """
                .formatted(listener));
    id(
        "/pools/" + pool + "/members",
        """
        {"member": {"name": "one", "address": "10.53.0.9", "protocol_port": 80,
          "admin_state_up": false}}
        """);
    id(
        "/healthmonitors",
        """
        {"healthmonitor": {"pool_id": "%s", "type": "TCP", "delay": 5, "timeout": 3,
          "max_retries": 2}}
        """
            .formatted(pool));
    policy =
        id(
            "/l7policies",
            "{\"l7policy\": {\"listener_id\": \"%s\", \"action\": \"REJECT\"}}"
                .formatted(listener));
    id(
        "/l7policies/" + policy + "/rules",
        "{\"rule\": {\"type\": \"PATH\", \"compare_type\": \"EQUAL_TO\", \"value\": \"/a\"}}");
  }

  private static String listener(String balancer, String name) throws Exception {
    return """
        {"listener": {"loadbalancer_id": "%s", "name": "%s", "protocol": "HTTP",
          "protocol_port": %d}}
        """
        .formatted(balancer, name, FreePorts.next());
  }

  private static void tag(String balancer, String tags) throws Exception {
    balancers.put("/loadbalancers/" + balancer, "{\"loadbalancer\": {\"tags\": %s}}", tags).is(200);
    balancers.active("/loadbalancers/" + balancer);
  }

  private static String id(String path, String body) throws Exception {
    return tenant.part(blue, path, body).path("id").stringValue();
  }

  @AfterAll
  static void stop() {
    tenant.close();
  }

  /// The CLI asks `/quotas/defaults` for what projects get of which nothing is said.
  @Test
  void defaultQuotasAreThoseOfAProjectNamedDefaults() throws Exception {
    Answer defaults =
        tenant.asAdmin("load-balancer", "/v2.0/lbaas").get("/quotas/defaults").is(200);
    assertThat(defaults.keys()).containsExactly("quota");
    assertThat(defaults.at("/quota").propertyNames())
        .contains("load_balancer", "loadbalancer", "health_monitor", "healthmonitor");
  }

  /// The CLI takes the first key of an answer for what it asked for; openstack4j wants a single one
  /// of what is no list.
  @Test
  void theFirstKeyIsWhatWasAskedForAndSinglesHaveNoOther() throws Exception {
    Map<String, String> singles = new LinkedHashMap<>();
    singles.put("/loadbalancers/" + blue, "loadbalancer");
    singles.put("/loadbalancers/" + blue + "/status", "statuses");
    singles.put("/loadbalancers/" + blue + "/stats", "stats");
    singles.put("/listeners/" + listener, "listener");
    singles.put("/listeners/" + listener + "/stats", "stats");
    singles.put("/pools/" + pool, "pool");
    singles.put(first("/pools/" + pool + "/members", "members"), "member");
    singles.put(first("/healthmonitors", "healthmonitors"), "healthmonitor");
    singles.put("/l7policies/" + policy, "l7policy");
    singles.put(first("/l7policies/" + policy + "/rules", "rules"), "rule");
    singles.put("/quotas/" + tenant.project(), "quota");
    singles.put("/quotas/" + tenant.project() + "/default", "quota");
    for (Map.Entry<String, String> it : singles.entrySet()) {
      assertThat(balancers.get(it.getKey()).is(200).keys()).containsExactly(it.getValue());
    }
    assertThat(
            balancers
                .put("/loadbalancers/" + red, "{\"loadbalancer\": {\"description\": \"new\"}}")
                .is(200)
                .keys())
        .containsExactly("loadbalancer");
    balancers.active("/loadbalancers/" + red);
  }

  private static String first(String path, String plural) throws Exception {
    return path + "/" + balancers.get(path).is(200).text("/" + plural + "/0/id");
  }

  @Test
  void everyCollectionListsUnderItsOwnKey() throws Exception {
    Service admin = tenant.asAdmin("load-balancer", "/v2.0/lbaas");
    Map<String, String> lists = new LinkedHashMap<>();
    lists.put("/loadbalancers", "loadbalancers");
    lists.put("/listeners", "listeners");
    lists.put("/pools", "pools");
    lists.put("/pools/" + pool + "/members", "members");
    lists.put("/healthmonitors", "healthmonitors");
    lists.put("/l7policies", "l7policies");
    lists.put("/l7policies/" + policy + "/rules", "rules");
    lists.put("/quotas", "quotas");
    lists.put("/providers", "providers");
    lists.put("/flavors", "flavors");
    lists.put("/flavorprofiles", "flavorprofiles");
    lists.put("/availabilityzones", "availability_zones");
    lists.put("/availabilityzoneprofiles", "availability_zone_profiles");
    lists.put("/../octavia/amphorae", "amphorae");
    for (Map.Entry<String, String> it : lists.entrySet()) {
      Service service =
          it.getKey().startsWith("/..")
              ? new Service(admin.wire(), admin.url().replace("/lbaas", ""), admin.token())
              : admin;
      Answer list = service.get(it.getKey().replace("/..", "")).is(200);
      assertThat(list.at("/" + it.getValue()).isArray()).as(list.text()).isTrue();
      assertThat(list.keys().getFirst()).isEqualTo(it.getValue());
      assertThat(list.keys().stream().skip(1)).allMatch(key -> key.endsWith("_links"));
    }
  }

  /// gophercloud and the SDK follow the URL; the CLI takes its query only, and forgets its own.
  @Test
  void pagesLeadToTheNextByAbsoluteUrlsThatRepeatTheFilters() throws Exception {
    for (String name : List.of("page-a", "page-b", "page-c")) {
      id("/listeners", listener(blue, name));
    }
    String query = "?loadbalancer_id=" + blue + "&protocol=HTTP&sort=name:desc&limit=1";
    List<String> byUrl = new ArrayList<>();
    List<String> byQuery = new ArrayList<>();
    Answer page = balancers.get("/listeners" + query).is(200);
    while (!page.at("/listeners").isEmpty()) {
      byUrl.addAll(page.each("listeners", "name"));
      String next = next(page, "listeners");
      if (next.isEmpty()) {
        break;
      }
      assertThat(next).startsWith(balancers.url() + "/listeners?");
      byQuery.addAll(
          balancers
              .get("/listeners?" + URI.create(next).getRawQuery())
              .is(200)
              .each("listeners", "name"));
      page = tenant.wire().get(next, "X-Auth-Token", balancers.token()).is(200);
    }
    assertThat(byUrl).containsExactly("web", "page-c", "page-b", "page-a");
    assertThat(byQuery).containsExactly("page-c", "page-b", "page-a");
    String sorted = balancers.get("/listeners?sort_key=name&sort_dir=asc&limit=1").text();
    assertThat(sorted).contains("page-a");
    Answer fields = balancers.get("/listeners?fields=id&fields=name").is(200);
    assertThat(fields.at("/listeners/0").propertyNames()).containsExactlyInAnyOrder("id", "name");
  }

  private static String next(Answer page, String plural) {
    for (JsonNode link : page.at("/" + plural + "_links")) {
      if (link.path("rel").asString().equals("next")) {
        return link.path("href").stringValue();
      }
    }
    return "";
  }

  /// Python writes True, Go true; the SDK repeats a parameter where others write commas.
  @Test
  void filtersAreUnderstoodAsEachClientWritesThem() throws Exception {
    assertThat(found("loadbalancers", "name=blue")).containsExactly(blue);
    assertThat(found("loadbalancers", "id=" + red)).containsExactly(red);
    assertThat(found("loadbalancers", "project_id=" + tenant.project())).hasSize(2);
    for (String yes : List.of("True", "true")) {
      assertThat(found("loadbalancers", "admin_state_up=" + yes)).hasSize(2);
    }
    for (String no : List.of("False", "false")) {
      assertThat(found("loadbalancers", "admin_state_up=" + no)).isEmpty();
    }
    assertThat(found("loadbalancers", "provisioning_status=ACTIVE")).hasSize(2);
    assertThat(found("loadbalancers", "tags=cluster&tags=blue")).containsExactly(blue);
    assertThat(found("loadbalancers", "tags=cluster,red")).containsExactly(red);
    assertThat(found("loadbalancers", "tags-any=blue,red")).hasSize(2);
    assertThat(found("loadbalancers", "tags-any=blue&tags-any=green")).containsExactly(blue);
    assertThat(found("loadbalancers", "not-tags=cluster,blue")).containsExactly(red);
    assertThat(found("loadbalancers", "not-tags-any=blue,red")).isEmpty();
    assertThat(found("listeners", "name=web&loadbalancer_id=" + blue)).containsExactly(listener);
    assertThat(found("pools", "loadbalancer_id=" + blue)).containsExactly(pool);
    assertThat(found("pools", "loadbalancer_id=" + red)).isEmpty();
    assertThat(found("l7policies", "listener_id=" + listener)).containsExactly(policy);
    assertThat(found("healthmonitors", "pool_id=" + pool)).hasSize(1);
    assertThat(found("healthmonitors", "pool_id=" + red)).isEmpty();
    String members = "pools/" + pool + "/members";
    assertThat(
            balancers.get("/" + members + "?admin_state_up=False&weight=1").each("members", "name"))
        .containsExactly("one");
    assertThat(balancers.get("/" + members + "?admin_state_up=True").each("members", "name"))
        .isEmpty();
  }

  private static List<String> found(String collection, String query) throws Exception {
    return balancers.get("/" + collection + "?" + query).is(200).each(collection, "id");
  }
}
