package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Tags, filters, order and pages of lists.
class NetworkListsTest extends FaceRig {
  @Test
  void thingsHaveTags() {
    String path = "/v2.0/networks/" + network("n");
    assertThat(alice.put(path + "/tags", "{'tags': ['a', 'b', 'a']}").body().toString())
        .isEqualTo("{\"tags\":[\"a\",\"b\"]}");
    assertThat(alice.put(path + "/tags/c", "").status()).isEqualTo(201);
    assertThat(alice.get(path + "/tags/c").status()).isEqualTo(204);
    assertThat(alice.get(path + "/tags/d").error())
        .isEqualTo("404 TagNotFound: Tag d could not be found.");
    assertThat(alice.delete(path + "/tags/a").status()).isEqualTo(204);
    assertThat(alice.get(path).body().at("/network/tags").toString()).isEqualTo("[\"b\",\"c\"]");
    assertThat(alice.delete(path + "/tags").status()).isEqualTo(204);
    assertThat(alice.get(path + "/tags").body().toString()).isEqualTo("{\"tags\":[]}");
    assertThat(alice.put(path + "/tags", "{'tags': ['']}").status()).isEqualTo(400);
  }

  @Test
  void listsAreFilteredByTags() {
    alice.put("/v2.0/networks/" + network("ab") + "/tags", "{'tags': ['a', 'b']}");
    alice.put("/v2.0/networks/" + network("a") + "/tags", "{'tags': ['a']}");
    network("none");
    assertThat(listed("tags=a,b")).containsExactly("ab");
    assertThat(listed("tags=a")).containsExactly("ab", "a");
    assertThat(listed("tags-any=b,c")).containsExactly("ab");
    assertThat(listed("not-tags=a,b")).containsExactly("public", "a", "none");
    assertThat(listed("not-tags-any=a")).containsExactly("public", "none");
  }

  private List<String> listed(String query) {
    return names(alice.get("/v2.0/networks?" + query).body().path("networks"));
  }

  // Lists.

  @Test
  void listsAreFilteredSortedAndCut() {
    network("c");
    network("a");
    network("b");
    assertThat(listed("name=a&name=b")).containsExactly("a", "b");
    assertThat(listed("router:external=True")).containsExactly("public");
    assertThat(listed("shared=False&name=c")).containsExactly("c");
    assertThat(listed("nosuch=x")).containsExactly("public", "c", "a", "b");
    assertThat(listed("sort_key=name&sort_dir=desc")).containsExactly("public", "c", "b", "a");
    assertThat(alice.get("/v2.0/networks?fields=name&name=c").body().toString())
        .isEqualTo("{\"networks\":[{\"name\":\"c\"}]}");
    assertThat(alice.get("/v2.0/networks?sort_key=nosuch").status()).isEqualTo(400);
    assertThat(alice.get("/v2.0/networks?limit=-1").error())
        .isEqualTo("400 HTTPBadRequest: Limit must be an integer 0 or greater and not '-1'");
  }

  @Test
  void portsAreFoundByAddress() {
    String network = network("n");
    String subnet = id(subnet(network, "10.0.0.0/24", ""));
    port(network, ", 'name': 'a'");
    port(network, ", 'name': 'b'");
    assertThat(ports("fixed_ips=ip_address%3D10.0.0.3")).containsExactly("b");
    assertThat(ports("fixed_ips=subnet_id%3D" + subnet)).containsExactly("a", "b");
    assertThat(ports("fixed_ips=ip_address%3D10.0.0.2&fixed_ips=subnet_id%3D" + subnet))
        .containsExactly("a");
    String group = id(alice.get("/v2.0/security-groups").body().at("/security_groups/0"));
    assertThat(ports("security_groups=" + group)).containsExactly("a", "b");
  }

  private List<String> ports(String query) {
    return names(alice.get("/v2.0/ports?" + query).body().path("ports"));
  }

  @Test
  void pagesFollowEachOther() {
    for (String name : List.of("a", "b", "c", "d")) {
      network(name);
    }
    List<String> seen = new ArrayList<>();
    String query = "?limit=2&sort_key=name&shared=False";
    while (query != null) {
      JsonNode page = alice.get("/v2.0/networks" + query).body();
      seen.addAll(names(page.path("networks")));
      query = href(page.path("networks_links"), "next");
    }
    assertThat(seen).containsExactly("a", "b", "c", "d");
    JsonNode last =
        alice.get("/v2.0/networks?limit=2&sort_key=name&shared=False&page_reverse=True").body();
    assertThat(names(last.path("networks"))).containsExactly("c", "d");
    String before = href(last.path("networks_links"), "previous");
    assertThat(names(alice.get("/v2.0/networks" + before).body().path("networks")))
        .containsExactly("a", "b");
    assertThat(alice.get("/v2.0/networks?limit=1&marker=" + UUID.randomUUID()).status())
        .isEqualTo(404);
  }

  /// The query of a page's link, or null if there is none.
  private static String href(JsonNode links, String rel) {
    for (JsonNode it : links) {
      if (it.path("rel").stringValue().equals(rel)) {
        String href = it.path("href").stringValue();
        return href.substring(href.indexOf('?'));
      }
    }
    return null;
  }
}
