package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// How clients find out what is where: URLs in the catalogue, version documents, media types.
class DiscoveryTest {
  /// Where gophercloud believes to see a version in a URL.
  private static final Pattern VERSION = Pattern.compile("/v[0-9]+(\\.[0-9]+)?");

  /// What each client of a service appends to the URL in the catalogue, and then asks for.
  private static final Map<String, String> LISTS =
      Map.of(
          "load-balancer", "/v2.0/lbaas/loadbalancers",
          "network", "/v2.0/networks",
          "key-manager", "/v1/secrets",
          "image", "/v2/images",
          "compute", "/servers",
          "identity", "/v3/auth/projects");

  @TempDir private static Path folder;
  private static Tenant tenant;

  @BeforeAll
  static void start() throws Exception {
    tenant = Tenant.start(folder);
  }

  @AfterAll
  static void stop() {
    tenant.close();
  }

  @Test
  void catalogUrlsHaveNoVersionSoThatClientsCanAppendTheirs() throws Exception {
    List<String> types = new ArrayList<>();
    for (JsonNode service : tenant.token().at("/token/catalog")) {
      String type = service.path("type").stringValue();
      types.add(type);
      assertThat(service.path("name").stringValue()).isNotEmpty();
      assertThat(service.path("endpoints")).hasSize(3);
      for (JsonNode endpoint : service.path("endpoints")) {
        String url = endpoint.path("url").stringValue();
        assertThat(url).doesNotEndWith("/");
        if (type.equals("compute")) {
          // Nova's own clients append nothing.
          assertThat(url).endsWith("/v2.1");
        } else {
          assertThat(url).doesNotContainPattern(VERSION);
        }
        assertThat(endpoint.path("region").stringValue())
            .isNotEmpty()
            .isEqualTo(endpoint.path("region_id").stringValue());
        new Service(tenant.wire(), url, Tenant.token(tenant.token())).get(LISTS.get(type)).is(200);
      }
    }
    assertThat(types).containsExactlyInAnyOrderElementsOf(LISTS.keySet());
  }

  @Test
  void nothingButTheVersionLooksLikeOneInAnyUrl() throws Exception {
    List<String> urls = new ArrayList<>();
    Set<String> unversioned = new HashSet<>(LISTS.keySet());
    unversioned.remove("compute");
    for (String type : unversioned) {
      Answer root = tenant.wire().get(tenant.endpoint(type) + "/");
      root.json().findValues("href").forEach(it -> urls.add(it.stringValue()));
    }
    String secret =
        tenant
            .secrets()
            .post(
                "/secrets",
                "{\"name\": \"s\", \"payload\": \"x\", \"payload_content_type\": \"text/plain\"}")
            .is(201)
            .text("/secret_ref");
    urls.add(secret);
    assertThat(urls).hasSizeGreaterThan(unversioned.size());
    for (String url : urls) {
      Matcher version = VERSION.matcher(url);
      assertThat(version.find()).as(url).isTrue();
      assertThat(unversioned.stream().map(tenant::endpoint))
          .as("what gophercloud takes for the root of " + url)
          .contains(url.substring(0, version.start()));
    }
  }

  @Test
  void bothSpellingsOfTheVersionAreTheSame() throws Exception {
    String subnet = tenant.subnet("10.51.1.0/24");
    String id = tenant.balancer("spelt", subnet);
    Service shorter = tenant.service("load-balancer", "/v2/lbaas");
    Answer one = tenant.balancers().get("/loadbalancers/" + id).is(200);
    assertThat(shorter.get("/loadbalancers/" + id).is(200).text()).isEqualTo(one.text());
    String linked =
        tenant.wire().get(tenant.endpoint("load-balancer") + "/").text("/versions/0/links/0/href");
    assertThat(linked).endsWith("/v2");
    Service followed = new Service(tenant.wire(), linked, Tenant.token(tenant.token()));
    assertThat(followed.get("/lbaas/loadbalancers/" + id).is(200).text()).isEqualTo(one.text());
    shorter.delete("/loadbalancers/" + id).is(204);
    tenant.balancers().gone("/loadbalancers/" + id);
  }

  /// gophercloud asks each root without a token, and fails on anything else than this; the
  /// Kubernetes controllers take the last entry for the version, and switch features by it.
  @Test
  void bareRootsNameTheirVersionsInAscendingOrderToAnybody() throws Exception {
    for (String type : List.of("load-balancer", "network", "key-manager")) {
      for (String slash : List.of("", "/")) {
        Answer root = tenant.wire().get(tenant.endpoint(type) + slash);
        assertThat(root.status()).as(type).isIn(200, 300);
        List<List<Integer>> found = new ArrayList<>();
        for (JsonNode version : root.at("/versions")) {
          assertThat(version.path("status").stringValue())
              .isIn("CURRENT", "STABLE", "SUPPORTED", "DEPRECATED", "");
          assertThat(version.path("links").path(0).path("rel").stringValue()).isEqualTo("self");
          assertThat(version.path("links").path(0).path("href").stringValue())
              .startsWith("http://");
          found.add(numbers(version.path("id").stringValue()));
        }
        assertThat(found).as(type).isNotEmpty();
        assertThat(found).isSortedAccordingTo(DiscoveryTest::compare).doesNotHaveDuplicates();
      }
    }
    JsonNode versions =
        tenant.wire().get(tenant.endpoint("load-balancer") + "/").is(200).at("/versions");
    String last = versions.path(versions.size() - 1).path("id").stringValue();
    assertThat(compare(numbers(last), List.of(2, 16)))
        .as("%s allows everything", last)
        .isPositive();
  }

  private static List<Integer> numbers(String id) {
    assertThat(id).matches("v?[0-9]+(\\.[0-9]+)?");
    List<Integer> numbers = new ArrayList<>();
    for (String number : id.replaceFirst("^v", "").split("\\.")) {
      numbers.add(Integer.valueOf(number));
    }
    return numbers;
  }

  private static int compare(List<Integer> one, List<Integer> other) {
    int major = Integer.compare(one.getFirst(), other.getFirst());
    return major != 0 ? major : Integer.compare(one.getLast(), other.getLast());
  }

  /// The SDK sends `Accept: ` with nothing behind it when it deletes.
  @Test
  void answersWhoeverCanReadJsonOrDoesNotSay() throws Exception {
    Service balancers = tenant.balancers();
    balancers.get("/loadbalancers").is(200);
    for (String accept :
        List.of("", "*/*", "application/json", "application/json, */*", "text/html, */*;q=0.1")) {
      balancers.send("GET", "/loadbalancers", null, "Accept", accept).is(200);
    }
    String subnet = tenant.subnet("10.51.2.0/24");
    String id = tenant.balancer("unaccepted", subnet);
    balancers.send("DELETE", "/loadbalancers/" + id, null, "Accept", "").is(204);
    balancers.gone("/loadbalancers/" + id);
    balancers.send("GET", "/loadbalancers", null, "Accept", "text/html").is(406);
    tenant.network().send("GET", "/networks", null, "Accept", "").is(200);
    tenant.identity().send("GET", "/auth/projects", null, "Accept", "").is(200);
    tenant.secrets().send("GET", "/secrets", null, "Accept", "").is(200);
  }
}
