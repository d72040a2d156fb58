package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What clients of load balancers want from identity, network and secrets.
class CloudForClientsTest {
  @TempDir private static Path folder;
  private static Tenant tenant;
  private static Service network;
  private static Service secrets;
  private static String subnet;
  private static String balancer;
  private static String vipPort;
  private static String vip;

  @BeforeAll
  static void start() throws Exception {
    tenant = Tenant.start(folder);
    network = tenant.network();
    secrets = tenant.secrets();
    subnet = tenant.subnet("10.58.0.0/24");
    balancer = tenant.balancer("lb", subnet);
    JsonNode shown = tenant.balancers().active("/loadbalancers/" + balancer);
    vipPort = shown.path("vip_port_id").stringValue();
    vip = shown.path("vip_address").stringValue();
  }

  @AfterAll
  static void stop() {
    tenant.close();
  }

  // Identity.

  /// keystoneauth takes either document; gophercloud goes where the first one's link leads.
  @Test
  void identityIsFoundFromItsRootAndFromItsVersion() throws Exception {
    Answer root = tenant.wire().get(tenant.root("/identity/")).is(300);
    JsonNode version = root.at("/versions/values/0");
    assertThat(version.path("id").stringValue()).startsWith("v3");
    assertThat(version.path("status").stringValue()).isIn("stable", "current", "supported");
    String self = version.at("/links/0/href").stringValue();
    assertThat(version.at("/links/0/rel").stringValue()).isEqualTo("self");
    assertThat(self).isEqualTo(tenant.root("/identity/v3/"));
    for (String slash : List.of("/identity/v3", "/identity/v3/")) {
      Answer document = tenant.wire().get(tenant.root(slash)).is(200);
      assertThat(document.text("/version/id")).startsWith("v3");
      assertThat(document.at("/version/links/0/href").stringValue()).isEqualTo(self);
    }
  }

  @Test
  void aTokenSaysWhoItsBearerIsAndWhatIsWhere() throws Exception {
    JsonNode token = tenant.token().at("/token");
    assertThat(token.path("methods").path(0).stringValue()).isEqualTo("password");
    assertThat(token.at("/user/id").stringValue()).isEqualTo(tenant.user());
    assertThat(token.at("/user/domain/name").stringValue()).isEqualTo("Default");
    assertThat(token.at("/project/id").stringValue()).isEqualTo(tenant.project());
    assertThat(token.at("/project/domain/id").stringValue()).isEqualTo("default");
    assertThat(token.at("/roles/0/name").stringValue()).isEqualTo("member");
    assertThat(token.at("/roles/0/id").stringValue()).isNotEmpty();
    assertThat(token.path("audit_ids")).hasSize(1);
    for (JsonNode service : token.path("catalog")) {
      assertThat(service.propertyNames()).contains("id", "type", "name", "endpoints");
      assertThat(service.path("endpoints").valueStream().map(it -> it.path("interface").asString()))
          .containsExactlyInAnyOrder("public", "internal", "admin");
    }
  }

  /// CAPO keeps a token until it expires, and asks when that is.
  @Test
  void aTokenCanBeLookedAtByItsBearer() throws Exception {
    String own = Tenant.token(tenant.token());
    Answer shown =
        tenant.identity().send("GET", "/auth/tokens", null, "X-Subject-Token", own).is(200);
    assertThat(shown.headers().firstValue("X-Subject-Token")).contains(own);
    assertThat(shown.text("/token/expires_at")).isEqualTo(tenant.token().text("/token/expires_at"));
    tenant
        .wire()
        .get(
            tenant.root("/identity/v3/auth/tokens"), "X-Auth-Token", own, "X-Subject-Token", "none")
        .is(404);
  }

  /// Horizon logs in without a scope, asks for the projects, and rescopes.
  @Test
  void anUnscopedTokenBecomesOneOfAProject() throws Exception {
    Answer unscoped =
        tenant.login(Tenant.password(tenant.user(), Tenant.PASSWORD), ", \"scope\": \"unscoped\"");
    String first = Tenant.token(unscoped.is(201));
    assertThat(unscoped.at("/token/project").isMissingNode()).isTrue();
    Answer projects =
        tenant.wire().get(tenant.root("/identity/v3/auth/projects"), "X-Auth-Token", first).is(200);
    assertThat(projects.each("projects", "id")).containsExactly(tenant.project());
    Answer scoped =
        tenant
            .login(
                "{\"methods\": [\"token\"], \"token\": {\"id\": \"%s\"}}".formatted(first),
                Tenant.scope(tenant.project()))
            .is(201);
    assertThat(scoped.text("/token/project/id")).isEqualTo(tenant.project());
    tenant
        .wire()
        .get(tenant.balancers().url() + "/loadbalancers", "X-Auth-Token", Tenant.token(scoped))
        .is(200);
  }

  /// The Kubernetes controllers have these in their secrets, by id or by name and user.
  @Test
  void applicationCredentialsLogIn() throws Exception {
    Answer made =
        tenant
            .identity()
            .post(
                "/users/" + tenant.user() + "/application_credentials",
                "{\"application_credential\": {\"name\": \"k8s\"}}")
            .is(201);
    String secret = made.text("/application_credential/secret");
    String byId = "\"id\": \"%s\"".formatted(made.text("/application_credential/id"));
    String byName = "\"name\": \"k8s\", \"user\": {\"id\": \"%s\"}".formatted(tenant.user());
    for (String who : List.of(byId, byName)) {
      Answer in =
          tenant
              .login(
                  """
                  {"methods": ["application_credential"], "application_credential":
                    {%s, "secret": "%s"}}
                  """
                      .formatted(who, secret),
                  "")
              .is(201);
      assertThat(in.text("/token/project/id")).isEqualTo(tenant.project());
    }
    tenant.login(Tenant.password(tenant.user(), "wrong"), "").is(401);
  }

  /// The CLI tries a project's name as its id; Magnum looks whether there are load balancers.
  @Test
  void projectsAndServicesAreFoundByNameAndType() throws Exception {
    Service admin = tenant.asAdmin("identity", "/v3");
    admin.get("/projects/admin").is(404);
    assertThat(admin.get("/projects?name=admin").is(200).each("projects", "name"))
        .containsExactly("admin");
    Answer services = admin.get("/services?type=load-balancer").is(200);
    assertThat(services.each("services", "type")).containsExactly("load-balancer");
    assertThat(services.at("/services/0/enabled").booleanValue()).isTrue();
  }

  // Network.

  /// CAPO looks for `standard-attr-tag`.
  @Test
  void extensionsSayThatThereAreTags() throws Exception {
    assertThat(network.get("/extensions").is(200).each("extensions", "alias"))
        .contains("standard-attr-tag", "allowed-address-pairs");
  }

  /// CPO takes the first external network with an IPv4 subnet for its floating IPs.
  @Test
  void theFloatingNetworkCanBeTold() throws Exception {
    JsonNode external = network.get("/networks?router:external=true").is(200).at("/networks/0");
    assertThat(external.path("router:external").booleanValue()).isTrue();
    assertThat(external.path("subnets")).isNotEmpty();
    String id = external.path("subnets").path(0).stringValue();
    JsonNode shown = network.get("/subnets/" + id).is(200).at("/subnet");
    assertThat(shown.path("ip_version").intValue()).isEqualTo(4);
    assertThat(shown.path("network_id").stringValue()).isEqualTo(external.path("id").stringValue());
    assertThat(
            network
                .get("/networks?id=" + external.path("id").stringValue())
                .is(200)
                .at("/networks"))
        .hasSize(1);
  }

  @Test
  void subnetsHaveWhatClientsChooseThemBy() throws Exception {
    JsonNode shown = network.get("/subnets?id=" + subnet).is(200).at("/subnets/0");
    assertThat(shown.propertyNames())
        .contains("id", "name", "network_id", "cidr", "gateway_ip", "allocation_pools", "tags");
    assertThat(shown.path("enable_dhcp").isBoolean()).isTrue();
    assertThat(shown.path("ip_version").isInt()).isTrue();
    String of = shown.path("network_id").stringValue();
    assertThat(network.get("/subnets?network_id=" + of).is(200).each("subnets", "id"))
        .containsExactly(subnet);
  }

  /// Terraform reads the VIP's port with each load balancer, and CPO sets its security groups.
  @Test
  void theVipsPortBelongsToTheTenant() throws Exception {
    JsonNode port = network.get("/ports/" + vipPort).is(200).at("/port");
    assertThat(port.at("/fixed_ips/0/subnet_id").stringValue()).isEqualTo(subnet);
    assertThat(port.at("/fixed_ips/0/ip_address").stringValue()).isEqualTo(vip);
    assertThat(port.path("security_groups").isArray()).isTrue();
    assertThat(port.path("port_security_enabled").isBoolean()).isTrue();
    assertThat(port.path("tags").isArray()).isTrue();
    String group =
        network
            .post("/security-groups", "{\"security_group\": {\"name\": \"lb\"}}")
            .is(201)
            .text("/security_group/id");
    network.put("/ports/" + vipPort, "{\"port\": {\"security_groups\": [\"%s\"]}}", group).is(200);
    assertThat(network.get("/ports?security_groups=" + group).is(200).each("ports", "id"))
        .containsExactly(vipPort);
    network
        .post(
            "/security-group-rules",
            """
            {"security_group_rule": {"security_group_id": "%s", "direction": "ingress",
              "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80}}
            """,
            group)
        .is(201);
    assertThat(network.get("/ports?fixed_ips=ip_address%3D" + vip).is(200).each("ports", "id"))
        .containsExactly(vipPort);
    String device = port.path("device_id").stringValue();
    assertThat(network.get("/ports?device_id=" + device).is(200).each("ports", "id"))
        .containsExactly(vipPort);
    network.put("/ports/" + vipPort, "{\"port\": {\"security_groups\": []}}").is(200);
    network.delete("/security-groups/" + group).is(204);
  }

  /// CPO deletes only addresses in whose description it finds its own words.
  @Test
  void floatingIpsLeadToTheVipAndKeepTheirDescription() throws Exception {
    String external = network.get("/networks?router:external=True").is(200).text("/networks/0/id");
    Answer made =
        network
            .post(
                "/floatingips",
                """
                {"floatingip": {"floating_network_id": "%s", "port_id": "%s",
                  "description": "Floating IP for Kubernetes external service a/b from cluster c"}}
                """,
                external,
                vipPort)
            .is(201);
    String id = made.text("/floatingip/id");
    String address = made.text("/floatingip/floating_ip_address");
    assertThat(made.text("/floatingip/fixed_ip_address")).isEqualTo(vip);
    for (String query :
        List.of(
            "port_id=" + vipPort,
            "floating_ip_address=" + address,
            "port_id=" + vipPort + "&fixed_ip_address=" + vip)) {
      Answer found = network.get("/floatingips?" + query).is(200);
      assertThat(found.each("floatingips", "id")).as(query).containsExactly(id);
      assertThat(found.text("/floatingips/0/description")).startsWith("Floating IP for Kubernetes");
    }
    network.send("PUT", "/floatingips/" + id + "/tags", "{\"tags\": [\"a\", \"b\"]}").is(200);
    network.send("PUT", "/floatingips/" + id + "/tags/c", null).is(201);
    assertThat(network.get("/floatingips?tags=a,c").is(200).each("floatingips", "id"))
        .containsExactly(id);
    network.delete("/floatingips/" + id + "/tags/a").is(204);
    network.put("/floatingips/" + id, "{\"floatingip\": {\"port_id\": null}}").is(200);
    assertThat(network.get("/floatingips?port_id=" + vipPort).is(200).at("/floatingips")).isEmpty();
    network.delete("/floatingips/" + id).is(204);
    network.get("/floatingips/" + id).is(404);
  }

  @Test
  void qosPoliciesCanBeListed() throws Exception {
    assertThat(network.get("/qos/policies").is(200).at("/policies").isArray()).isTrue();
  }

  // Secrets.

  /// python-barbicanclient takes its microversion from the first entry.
  @Test
  void secretsSayWhichMicroversionsTheyHave() throws Exception {
    for (String path : List.of("/", "/v1/")) {
      Answer document =
          tenant
              .wire()
              .get(
                  tenant.endpoint("key-manager") + path,
                  "OpenStack-API-Version",
                  "key-manager 1.1");
      JsonNode version = document.at("/versions/0");
      assertThat(version.path("status").stringValue()).isEqualTo("CURRENT");
      assertThat(version.path("min_version").stringValue()).isEqualTo("1.0");
      assertThat(version.path("max_version").stringValue()).isEqualTo("1.1");
    }
  }

  /// The ingress controller finds its secrets by name, and cleans up by name and type.
  @Test
  void secretsAreStoredFoundReadAndDeleted() throws Exception {
    byte[] bundle = Certificates.bundle("ingress.example.org");
    String reference =
        secrets
            .post(
                "/secrets",
                """
                {"name": "kube_ingress_a_b", "secret_type": "opaque", "algorithm": "aes",
                 "bit_length": 256, "mode": "cbc", "payload": "%s",
                 "payload_content_type": "application/octet-stream",
                 "payload_content_encoding": "base64"}
                """,
                Base64.getEncoder().encodeToString(bundle))
            .is(201)
            .text("/secret_ref");
    String id = reference.substring(reference.lastIndexOf('/') + 1);
    assertThat(reference).isEqualTo(secrets.url() + "/secrets/" + id);
    Answer found = secrets.get("/secrets?name=kube_ingress_a_b&limit=1&offset=0").is(200);
    assertThat(found.each("secrets", "secret_ref")).containsExactly(reference);
    assertThat(found.at("/total").intValue()).isEqualTo(1);
    assertThat(secrets.get("/secrets?secret_type=opaque").is(200).each("secrets", "name"))
        .contains("kube_ingress_a_b");
    assertThat(secrets.get("/secrets/" + id).is(200).at("/bit_length").intValue()).isEqualTo(256);
    secrets
        .send("GET", "/secrets/" + id + "/payload", null, "Accept", "application/octet-stream")
        .is(200);
    secrets.get("/secrets/" + id + "/acl").is(200);
    String container =
        secrets
            .post(
                "/containers",
                """
                {"name": "legacy", "type": "certificate", "secret_refs": [
                  {"name": "certificate", "secret_ref": "%s"},
                  {"name": "private_key", "secret_ref": "%s"}]}
                """,
                reference,
                reference)
            .is(201)
            .text("/container_ref");
    assertThat(secrets.get("/containers?type=certificate").is(200).at("/containers")).hasSize(1);
    String path = container.substring(container.indexOf("/containers/"));
    secrets
        .post(path + "/consumers", "{\"name\": \"octavia\", \"URL\": \"http://example.org/lb\"}")
        .is(200);
    assertThat(secrets.get(path).is(200).at("/consumers")).hasSize(1);
    secrets.delete(path).is(204);
    secrets.delete("/secrets/" + id).is(204);
    secrets.get("/secrets/" + id).is(404);
  }
}
