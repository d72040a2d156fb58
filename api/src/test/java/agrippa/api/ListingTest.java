package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Lists of one pool's members, m1 to m5, and of load balancers of two projects.
class ListingTest {
  private static final OctaviaServer SERVER = new OctaviaServer();
  private static final String LOADBALANCERS = "/v2.0/lbaas/loadbalancers";
  private static String pool = "";
  private static String members = "";

  @BeforeAll
  static void create() {
    String loadBalancer = SERVER.loadBalancer("anns");
    SERVER.send(
        "POST",
        LOADBALANCERS,
        OctaviaServer.BOB,
        "{\"loadbalancer\": {\"name\": \"bobs\", \"vip_subnet_id\": \"%s\"}}"
            .formatted(SERVER.subnet()));
    pool =
        SERVER.created(
            "pools",
            """
            {"pool": {"loadbalancer_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}"""
                .formatted(loadBalancer));
    members = "/v2.0/lbaas/pools/" + pool + "/members";
    List<String> tags = List.of("[]", "[\"a\"]", "[\"b\"]", "[\"a\", \"b\"]", "[\"a\", \"c\"]");
    for (int i = 1; i <= 5; i++) {
      SERVER.created(
          "pools/" + pool + "/members",
          """
          {"member": {"name": "m%d", "address": "10.0.0.%d", "protocol_port": 80, "weight": %d,
            "backup": %s, "tags": %s}}"""
              .formatted(i, i, i % 2, i > 3, tags.get(i - 1)));
    }
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sort=name                                 | m1 m2 m3 m4 m5",
        "name=m2                                   | m2",
        "name=M2                                   | m2",
        "name=%C3%AD%20                            | ''",
        "name=%E1%B8%BF2%20%20                     | m2",
        "name=%20m2                                | ''",
        "name=                                     | ''",
        "monitor_address=                          | ''",
        "operating_status=no_monitor&sort=name     | m1 m2 m3 m4 m5",
        "weight=1e0xyz&sort=name                   | m1 m3 m5",
        "weight=%2B1.0&sort=name                   | m1 m3 m5",
        "weight=&sort=name                         | m2 m4",
        "tags=A,B                                  | m4",
        "tags-any=C                                | m5",
        "not-tags-any=A,B                          | m1",
        "tags=                                     | ''",
        "not-tags=&sort=name                       | m1 m2 m3 m4 m5",
        "limit=%2B2&sort=name                      | m1 m2",
        "sort=name,name:desc                       | m1 m2 m3 m4 m5",
        "sort_key=name&sort_dir=desc,up            | m5 m4 m3 m2 m1",
        "sort_dir=up&sort=name                     | m1 m2 m3 m4 m5",
        "name=m2&weight=1                          | ''",
        "weight=1&sort=name                        | m1 m3 m5",
        "weight=x&sort=name                        | m2 m4",
        "backup=True&sort=name                     | m4 m5",
        "backup=0&sort=name                        | m1 m2 m3",
        "backup=maybe&sort=name                    | m1 m2 m3",
        "operating_status=NO_MONITOR&sort=name     | m1 m2 m3 m4 m5",
        "subnet_id=                                | ''",
        "sort=name:desc                            | m5 m4 m3 m2 m1",
        "sort=weight:desc,name:asc                 | m1 m3 m5 m2 m4",
        "sort_key=weight,name&sort_dir=asc,desc    | m4 m2 m5 m3 m1",
        "sort_key=weight,name&sort_dir=desc        | m1 m3 m5 m2 m4",
        "sort_key=weight,name                      | m2 m4 m1 m3 m5",
        "sort=name&sort_key=weight                 | m1 m2 m3 m4 m5",
        "tags=a&sort=name                          | m2 m4 m5",
        "tags=a,b&sort=name                        | m4",
        "tags=a&tags=b                             | m4",
        "tags-any=b,c&sort=name                    | m3 m4 m5",
        "not-tags=a,b&sort=name                    | m1 m2 m3 m5",
        "not-tags-any=a,b&sort=name                | m1",
        "tags=a&not-tags-any=b,c                   | m2",
        "limit=2&sort=name                         | m1 m2",
        "limit=0&sort=name                         | m1 m2 m3 m4 m5",
        "limit=-1&sort=name                        | m1 m2 m3 m4 m5",
        "limit=infinite&sort=name                  | m1 m2 m3 m4 m5",
        "limit=99999999999999999999&sort=name      | m1 m2 m3 m4 m5",
      })
  void lists(String query, String names) {
    Answer answer = SERVER.get(members + "?" + query);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(names(answer)).isEqualTo(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuch=1", "tenant_id=x", "name=a&name=b", "tags-all=x", "Name=m1", "q"})
  void badFilters(String query) {
    Answer answer = SERVER.get(members + "?" + query);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultstring())
        .isEqualTo("One or more arguments are either duplicate or invalid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=x         | Supplied pagination limit 'x' is not valid.",
        "limit=          | Supplied pagination limit '' is not valid.",
        "limit=2.5       | Supplied pagination limit '2.5' is not valid.",
        "nosuch=1&limit=x | Supplied pagination limit 'x' is not valid.",
        "sort=name:      | Supplied sort direction '' is not valid.",
        "sort=name:UP    | Supplied sort direction 'up' is not valid.",
        "sort=a:b:c      | Supplied sort key 'a:b:c' is not valid.",
        "sort_key=name&sort_dir=x | Supplied sort direction 'x' is not valid.",
      })
  void syntaxOfPages(String query, String description) {
    assertThat(SERVER.get(members + "?" + query).text())
        .isEqualTo(
            """
            {"code":400,"title":"Bad Request","description":"%s"}"""
                .formatted(description));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sort=nosuch | Supplied sort key 'nosuch' is not valid.",
        "sort=name,  | Supplied sort key '' is not valid.",
        "sort=nosuch&marker=x | Supplied sort key 'nosuch' is not valid.",
        "sort=nosuch&nosuch=1 | One or more arguments are either duplicate or invalid",
        "sort=tags   | Supplied sort key 'tags' is not valid.",
        "sort=       | ",
        "marker=x    | Supplied pagination marker 'x' is not valid.",
      })
  void meaningOfPages(String query, String text) {
    Answer answer = SERVER.get(members + "?" + query);
    assertThat(answer.status()).isEqualTo(text == null ? 200 : 400);
    assertThat(answer.faultstring()).isEqualTo(text == null ? "" : text);
  }

  @Test
  void pagesAreLinkedAndLinksRepeatTheFilters() {
    String query = members + "?limit=2&sort=name&operating_status=NO_MONITOR&fields=id&fields=name";
    StringBuilder seen = new StringBuilder();
    String path = query;
    int pages = 0;
    while (path != null) {
      Answer page = SERVER.get(path);
      seen.append(names(page)).append('/');
      path = link(page, "next");
      pages++;
    }
    assertThat(seen).hasToString("m1 m2/m3 m4/m5/");
    assertThat(pages).isEqualTo(3);
    assertThat(link(SERVER.get(query), "next"))
        .startsWith(
            members
                + "?limit=2&sort=name&operating_status=NO_MONITOR&fields=id&fields=name&marker=");
  }

  @Test
  void previousPageIsTheFirstItemsBeforeTheMarker() {
    Answer last = SERVER.get(link(SERVER.get(members + "?limit=3&sort=name"), "next"));
    assertThat(names(last)).isEqualTo("m4 m5");
    String previous = link(last, "previous");
    assertThat(previous).endsWith("&page_reverse=True");
    assertThat(names(SERVER.get(previous))).isEqualTo("m1 m2 m3");
    assertThat(names(SERVER.get(previous.replace("True", "true")))).isEqualTo("m5");
  }

  @Test
  void aFullLastPageHasANextLinkToAnEmptyOne() {
    String next = link(SERVER.get(members + "?limit=5&sort=name"), "next");
    Answer empty = SERVER.get(next);
    assertThat(empty.text()).isEqualTo("{\"members\":[],\"members_links\":[]}");
  }

  @Test
  void unknownFieldsShrinkObjectsToNothing() {
    assertThat(SERVER.get(members + "?name=m1&fields=nosuch").text())
        .isEqualTo("{\"members\":[{}],\"members_links\":[]}");
  }

  @Test
  void ownersSeeTheirsAdminsSeeAll() {
    assertThat(names(SERVER.get(LOADBALANCERS))).isEqualTo("anns");
    assertThat(names(SERVER.get(LOADBALANCERS, OctaviaServer.BOB))).isEqualTo("bobs");
    assertThat(names(SERVER.get(LOADBALANCERS + "?sort=name", OctaviaServer.ADMIN)))
        .isEqualTo("anns bobs");
    String anns = LOADBALANCERS + "?project_id=" + OctaviaServer.ANNS_PROJECT;
    assertThat(names(SERVER.get(anns))).isEqualTo("anns");
    assertThat(names(SERVER.get(anns, OctaviaServer.ADMIN))).isEqualTo("anns");
    assertThat(SERVER.get(anns, OctaviaServer.BOB).status()).isEqualTo(403);
    assertThat(SERVER.get(LOADBALANCERS, OctaviaServer.UNSCOPED).status()).isEqualTo(403);
  }

  @Test
  void childrenAreFoundByTheirParents() {
    String loadBalancer = SERVER.get(LOADBALANCERS).json().at("/loadbalancers/0/id").asString();
    assertThat(
            SERVER
                .get("/v2.0/lbaas/pools?loadbalancer_id=" + loadBalancer)
                .json()
                .at("/pools/0/id")
                .asString())
        .isEqualTo(pool);
    assertThat(SERVER.get("/v2.0/lbaas/pools?loadbalancer_id=" + pool).text())
        .isEqualTo("{\"pools\":[],\"pools_links\":[]}");
    for (String path :
        List.of(
            "listeners?loadbalancer_id=" + loadBalancer,
            "l7policies?listener_id=" + pool,
            "healthmonitors?pool_id=" + pool)) {
      assertThat(SERVER.get("/v2.0/lbaas/" + path).status()).isEqualTo(200);
    }
  }

  private static String names(Answer answer) {
    JsonNode items = answer.json().properties().iterator().next().getValue();
    return items
        .valueStream()
        .map(it -> it.get("name").asString())
        .collect(Collectors.joining(" "));
  }

  /// The path and query of a link, or null.
  private static String link(Answer answer, String rel) {
    return answer.json().properties().stream()
        .filter(it -> it.getKey().endsWith("_links"))
        .flatMap(it -> it.getValue().valueStream())
        .filter(it -> it.get("rel").asString().equals(rel))
        .map(it -> it.get("href").asString())
        .flatMap(it -> Stream.of(it.substring(SERVER.base().length())))
        .findFirst()
        .orElse(null);
  }
}
