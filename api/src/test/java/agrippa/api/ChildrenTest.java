package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What hangs on a load balancer, from request to answer, over a real control plane.
class ChildrenTest {
  private static final OctaviaServer SERVER = new OctaviaServer();
  private String loadBalancer = "";

  @BeforeEach
  void create() {
    loadBalancer = SERVER.loadBalancer("lb");
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void listener() {
    Answer answer =
        SERVER.post(
            "/v2.0/lbaas/listeners",
            """
            {"listener": {"loadbalancer_id": "%s", "protocol": "HTTP", "protocol_port": "80",
              "insert_headers": {"X-Forwarded-For": "true"},
              "allowed_cidrs": ["10.1.2.3/8", "10.9.9.9"], "hsts_max_age": null}}"""
                .formatted(loadBalancer));
    assertThat(answer.status()).isEqualTo(201);
    JsonNode it = answer.json().get("listener");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"listener":{"id":"%s","name":"","description":"",\
            "provisioning_status":"PENDING_CREATE","operating_status":"OFFLINE",\
            "admin_state_up":true,"protocol":"HTTP","protocol_port":80,"connection_limit":-1,\
            "default_tls_container_ref":null,"sni_container_refs":[],"project_id":"%s",\
            "tenant_id":"%s","default_pool_id":null,"l7policies":[],\
            "insert_headers":{"X-Forwarded-For":"true"},"created_at":"%s","updated_at":null,\
            "loadbalancers":[{"id":"%s"}],"timeout_client_data":50000,\
            "timeout_member_connect":5000,"timeout_member_data":50000,"timeout_tcp_inspect":0,\
            "tags":[],"client_ca_tls_container_ref":null,"client_authentication":"NONE",\
            "client_crl_container_ref":null,"allowed_cidrs":["10.0.0.0/8","10.9.9.9/32"],\
            "tls_ciphers":null,"tls_versions":null,"alpn_protocols":null,"hsts_max_age":null,\
            "hsts_include_subdomains":false,"hsts_preload":false}}"""
                .formatted(
                    text(it, "id"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT,
                    text(it, "created_at"),
                    loadBalancer));
    String path = "/v2.0/lbaas/listeners/" + text(it, "id");
    Answer updated =
        SERVER.put(
            path,
            """
            {"listener": {"timeout_client_data": 1, "connection_limit": null,
              "allowed_cidrs": []}}""");
    assertThat(updated.status()).isEqualTo(200);
    assertThat(updated.json().get("listener").get("timeout_client_data").intValue()).isEqualTo(1);
    assertThat(updated.json().get("listener").get("allowed_cidrs").isNull()).isTrue();
    assertThat(SERVER.delete(path).status()).isEqualTo(204);
  }

  @Test
  void duplicateListener() {
    newListener("TCP");
    Answer answer =
        SERVER.post(
            "/v2.0/lbaas/listeners",
            """
            {"listener": {"loadbalancer_id": "%s", "protocol": "HTTP", "protocol_port": 80}}"""
                .formatted(loadBalancer));
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.faultstring())
        .isEqualTo(
            "Another Listener on this Load Balancer is already using protocol TCP and protocol_port 80");
  }

  @Test
  void pool() {
    String listener = newListener("HTTP");
    Answer answer =
        SERVER.post(
            "/v2.0/lbaas/pools",
            """
            {"pool": {"listener_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
              "session_persistence": {"type": "APP_COOKIE", "cookie_name": "c"}}}"""
                .formatted(listener));
    assertThat(answer.status()).isEqualTo(201);
    JsonNode it = answer.json().get("pool");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"pool":{"id":"%s","name":"","description":"",\
            "provisioning_status":"PENDING_CREATE","operating_status":"OFFLINE",\
            "admin_state_up":true,"protocol":"HTTP","lb_algorithm":"ROUND_ROBIN",\
            "session_persistence":{"type":"APP_COOKIE","cookie_name":"c",\
            "persistence_timeout":null,"persistence_granularity":null},\
            "project_id":"%s","tenant_id":"%s","loadbalancers":[{"id":"%s"}],\
            "listeners":[{"id":"%s"}],"created_at":"%s","updated_at":null,"members":[],\
            "tags":[],"tls_container_ref":null,"ca_tls_container_ref":null,\
            "crl_container_ref":null,"tls_enabled":false,"tls_ciphers":null,\
            "tls_versions":null,"alpn_protocols":null}}"""
                .formatted(
                    text(it, "id"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT,
                    loadBalancer,
                    listener,
                    text(it, "created_at")));
    String path = "/v2.0/lbaas/pools/" + text(it, "id");
    Answer other =
        SERVER.put(path, "{\"pool\": {\"session_persistence\": {\"type\": \"HTTP_COOKIE\"}}}");
    assertThat(other.json().get("pool").get("session_persistence").toString())
        .isEqualTo(
            """
            {"type":"HTTP_COOKIE","cookie_name":null,"persistence_timeout":null,\
            "persistence_granularity":null}""");
    Answer none = SERVER.put(path, "{\"pool\": {\"session_persistence\": {}}}");
    assertThat(none.json().get("pool").get("session_persistence").isNull()).isTrue();
  }

  @Test
  void poolsAndListenersTakeNoChildrenAlong() {
    Answer answer =
        SERVER.post(
            "/v2.0/lbaas/pools",
            """
            {"pool": {"loadbalancer_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
              "members": [{"address": "10.0.0.1", "protocol_port": 80}]}}"""
                .formatted(loadBalancer));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultstring())
        .startsWith("Invalid input for field/attribute members.")
        .endsWith("Value can only be created together with a load balancer");
  }

  @Test
  void member() {
    String members = "/v2.0/lbaas/pools/" + newPool() + "/members";
    Answer answer =
        SERVER.post(
            members,
            """
            {"member": {"address": "2001:db8:0:0:0:0:0:1", "protocol_port": 80.5}}""");
    assertThat(answer.status()).isEqualTo(201);
    JsonNode it = answer.json().get("member");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"member":{"id":"%s","name":"","operating_status":"NO_MONITOR",\
            "provisioning_status":"PENDING_CREATE","admin_state_up":true,\
            "address":"2001:db8:0:0:0:0:0:1","protocol_port":80,"weight":1,"backup":false,\
            "subnet_id":null,"project_id":"%s","tenant_id":"%s","created_at":"%s",\
            "updated_at":null,"monitor_address":null,"monitor_port":null,"tags":[],\
            "vnic_type":"normal"}}"""
                .formatted(
                    text(it, "id"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT,
                    text(it, "created_at")));
    String path = members + "/" + text(it, "id");
    assertThat(SERVER.put(path, "{\"member\": {\"weight\": 5}}").status()).isEqualTo(200);
    assertThat(SERVER.get(path + "?fields=weight&fields=nosuch").text())
        .isEqualTo("{\"member\":{\"weight\":5}}");
    assertThat(SERVER.get(members, OctaviaServer.BOB).status()).isEqualTo(403);
    assertThat(SERVER.delete(path).status()).isEqualTo(204);
  }

  @Test
  void membersOfAnotherPoolAreNotFound() {
    String pool = newPool();
    String id =
        SERVER.created(
            "pools/" + pool + "/members",
            "{\"member\": {\"address\": \"10.0.0.1\", \"protocol_port\": 80}}");
    Answer answer = SERVER.get("/v2.0/lbaas/pools/" + newPool() + "/members/" + id);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.faultstring()).isEqualTo("Member " + id + " not found.");
  }

  @Test
  void batchOfMembers() {
    String members = "/v2.0/lbaas/pools/" + newPool() + "/members";
    SERVER.put(members, batch(1, 2));
    Answer replaced = SERVER.put(members, batch(2, 3));
    assertThat(replaced.status()).isEqualTo(202);
    assertThat(replaced.text()).isEmpty();
    assertThat(ports(members)).isEqualTo("2 3");
    assertThat(SERVER.put(members + "?additive_only=True", batch(4)).status()).isEqualTo(202);
    assertThat(ports(members)).isEqualTo("2 3 4");
    assertThat(SERVER.put(members, "{\"members\": []}").status()).isEqualTo(202);
    assertThat(ports(members)).isEmpty();
  }

  @Test
  void batchOfBadMembers() {
    String members = "/v2.0/lbaas/pools/" + newPool() + "/members";
    assertThat(SERVER.put(members, "{\"members\": [{\"address\": \"10.0.0.1\"}]}").faultstring())
        .isEqualTo(
            "Invalid input for field/attribute protocol_port. Value: 'None'. Mandatory field missing.");
    assertThat(
            SERVER
                .put(
                    members,
                    "{\"members\": [{\"address\": \"10.0.0.1\", \"protocol_port\": 1, \"x\": 1, \"y\": 2}]}")
                .faultstring())
        .isEqualTo("Unknown attributes for argument members_.members: x, y");
  }

  @Test
  void healthMonitor() {
    String pool = newPool();
    Answer answer =
        SERVER.post(
            "/v2.0/lbaas/healthmonitors",
            """
            {"healthmonitor": {"pool_id": "%s", "type": "HTTP", "delay": 2, "timeout": 3,
              "max_retries": 4, "http_version": "1.1", "domain_name": "a.example"}}"""
                .formatted(pool));
    assertThat(answer.status()).isEqualTo(201);
    JsonNode it = answer.json().get("healthmonitor");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"healthmonitor":{"id":"%s","name":"","type":"HTTP","delay":2,"timeout":3,\
            "max_retries":4,"max_retries_down":3,"http_method":"GET","url_path":"/",\
            "expected_codes":"200","admin_state_up":true,"project_id":"%s","tenant_id":"%s",\
            "pools":[{"id":"%s"}],"provisioning_status":"PENDING_CREATE",\
            "operating_status":"OFFLINE","created_at":"%s","updated_at":null,"tags":[],\
            "http_version":1.1,"domain_name":"a.example"}}"""
                .formatted(
                    text(it, "id"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT,
                    pool,
                    text(it, "created_at")));
    assertThat(SERVER.get("/v2.0/lbaas/pools/" + pool + "?fields=healthmonitor_id").text())
        .isEqualTo("{\"pool\":{\"healthmonitor_id\":\"" + text(it, "id") + "\"}}");
    String path = "/v2.0/lbaas/healthmonitors/" + text(it, "id");
    Answer nulled = SERVER.put(path, "{\"healthmonitor\": {\"delay\": null}}");
    assertThat(nulled.faultstring()).isEqualTo("None is not a valid option for delay");
    assertThat(SERVER.put(path, "{\"healthmonitor\": {\"url_path\": \"/x\"}}").status())
        .isEqualTo(200);
    assertThat(SERVER.delete(path).status()).isEqualTo(204);
  }

  @Test
  void policyAndRule() {
    String listener = newListener("HTTP");
    Answer answer =
        SERVER.post(
            "/v2.0/lbaas/l7policies",
            """
            {"l7policy": {"listener_id": "%s", "action": "REDIRECT_TO_URL",
              "redirect_url": "https://example.org/"}}"""
                .formatted(listener));
    assertThat(answer.status()).isEqualTo(201);
    JsonNode it = answer.json().get("l7policy");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"l7policy":{"id":"%s","name":"","description":"",\
            "provisioning_status":"PENDING_CREATE","operating_status":"OFFLINE",\
            "admin_state_up":true,"project_id":"%s","tenant_id":"%s",\
            "action":"REDIRECT_TO_URL","listener_id":"%s","redirect_pool_id":null,\
            "redirect_url":"https://example.org/","redirect_prefix":null,"position":1,\
            "rules":[],"created_at":"%s","updated_at":null,"tags":[],\
            "redirect_http_code":302}}"""
                .formatted(
                    text(it, "id"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT,
                    listener,
                    text(it, "created_at")));
    String rules = "/v2.0/lbaas/l7policies/" + text(it, "id") + "/rules";
    Answer rule =
        SERVER.post(
            rules,
            """
            {"rule": {"type": "HEADER", "compare_type": "EQUAL_TO", "key": "k", "value": "v",
              "invert": "yes"}}""");
    JsonNode its = rule.json().get("rule");
    assertThat(rule.text())
        .isEqualTo(
            """
            {"rule":{"id":"%s","type":"HEADER","compare_type":"EQUAL_TO","key":"k","value":"v",\
            "invert":true,"provisioning_status":"PENDING_CREATE","operating_status":"OFFLINE",\
            "created_at":"%s","updated_at":null,"project_id":"%s","tenant_id":"%s",\
            "admin_state_up":true,"tags":[]}}"""
                .formatted(
                    text(its, "id"),
                    text(its, "created_at"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT));
    assertThat(SERVER.put(rules + "/" + text(its, "id"), "{\"rule\": {\"x\": 1}}").faultstring())
        .isEqualTo("Unknown attribute for argument l7rule_.rule: x");
    assertThat(SERVER.put(rules + "/" + text(its, "id"), "{\"rule\": {\"value\": \"w\"}}").status())
        .isEqualTo(200);
    assertThat(SERVER.get(rules).json().get("rules").get(0).get("value").asString()).isEqualTo("w");
    assertThat(SERVER.get(rules, OctaviaServer.BOB).status()).isEqualTo(403);
    assertThat(SERVER.delete(rules + "/" + text(its, "id")).status()).isEqualTo(204);
    assertThat(
            SERVER.put("/v2.0/lbaas/l7policies/" + text(it, "id"), "{\"l7policy\": {}}").status())
        .isEqualTo(400);
    assertThat(SERVER.delete("/v2.0/lbaas/l7policies/" + text(it, "id")).status()).isEqualTo(204);
  }

  @Test
  void whatTheProviderCannotDo() {
    SERVER.provider.veto(tree -> java.util.Optional.of("It cannot."));
    try {
      Answer answer =
          SERVER.post(
              "/v2.0/lbaas/pools",
              """
              {"pool": {"loadbalancer_id": "%s", "protocol": "TCP",
                "lb_algorithm": "SOURCE_IP_PORT"}}"""
                  .formatted(loadBalancer));
      assertThat(answer.status()).isEqualTo(501);
      assertThat(answer.text())
          .isEqualTo(
              """
              {"faultcode":"Server","faultstring":\
              "Provider 'amphora' does not support a requested option: It cannot.",\
              "debuginfo":null}""");
    } finally {
      SERVER.provider.veto(tree -> java.util.Optional.empty());
    }
  }

  private String newListener(String protocol) {
    return SERVER.created(
        "listeners",
        """
        {"listener": {"loadbalancer_id": "%s", "protocol": "%s", "protocol_port": 80}}"""
            .formatted(loadBalancer, protocol));
  }

  private String newPool() {
    return SERVER.created(
        "pools",
        """
        {"pool": {"loadbalancer_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}"""
            .formatted(loadBalancer));
  }

  private static String batch(int... ports) {
    return java.util.Arrays.stream(ports)
        .mapToObj("{\"address\": \"10.0.0.1\", \"protocol_port\": %d}"::formatted)
        .collect(java.util.stream.Collectors.joining(", ", "{\"members\": [", "]}"));
  }

  /// Once the pool is ready: a removed member goes when the world has followed.
  private static String ports(String members) {
    SERVER.put(members + "?additive_only=true", "{\"members\": []}");
    String pool = members.substring(0, members.lastIndexOf('/'));
    SERVER.put(pool, "{\"pool\": {}}");
    return SERVER
        .get(members + "?sort=protocol_port")
        .json()
        .get("members")
        .valueStream()
        .map(it -> it.get("protocol_port").asString())
        .collect(java.util.stream.Collectors.joining(" "));
  }

  private static String text(JsonNode object, String name) {
    return object.get(name).asString();
  }
}
