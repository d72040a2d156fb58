package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SecurityGroupsFaceTest extends FaceRig {
  @Test
  void eachProjectHasADefaultGroup() {
    JsonNode groups = alice.get("/v2.0/security-groups").body().path("security_groups");
    assertThat(names(groups)).containsExactly("default");
    assertThat(groups.at("/0/security_group_rules").size()).isEqualTo(4);
    String id = id(groups.path(0));
    assertThat(alice.delete("/v2.0/security-groups/" + id).error())
        .isEqualTo(
            "409 SecurityGroupCannotRemoveDefault: Insufficient rights for removing default security group.");
    assertThat(
            alice.post("/v2.0/security-groups", "{'security_group': {'name': 'default'}}").error())
        .isEqualTo("409 SecurityGroupDefaultAlreadyExists: Default security group already exists.");
    assertThat(id(bob.get("/v2.0/security-groups").body().at("/security_groups/0")))
        .isNotEqualTo(id);
  }

  @Test
  void rulesBelongToGroups() {
    JsonNode created = alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}");
    assertThat(created.path("security_group_rules").size()).isEqualTo(2);
    String group = id(created);
    String body =
        "{'security_group_rule': {'security_group_id': '%s', 'direction': 'ingress', 'protocol': 'TCP', 'port_range_min': 80, 'port_range_max': '80', 'remote_ip_prefix': '10.1.2.3/8'}}"
            .formatted(group);
    JsonNode rule = alice.create("/v2.0/security-group-rules", body);
    assertThat(rule.path("port_range_max").intValue()).isEqualTo(80);
    assertThat(rule.path("protocol").stringValue()).isEqualTo("tcp");
    assertThat(rule.path("remote_ip_prefix").stringValue()).isEqualTo("10.1.2.3/8");
    assertThat(rule.path("normalized_cidr").stringValue()).isEqualTo("10.0.0.0/8");
    assertThat(alice.post("/v2.0/security-group-rules", body).error())
        .isEqualTo(
            "409 SecurityGroupRuleExists: Security group rule already exists. Rule id is %s."
                .formatted(id(rule)));
    assertThat(
            alice
                .get("/v2.0/security-groups/" + group)
                .body()
                .at("/security_group/security_group_rules")
                .size())
        .isEqualTo(3);
    assertThat(
            alice
                .get("/v2.0/security-group-rules?security_group_id=" + group + "&direction=ingress")
                .body()
                .path("security_group_rules")
                .size())
        .isEqualTo(1);
    assertThat(alice.delete("/v2.0/security-group-rules/" + id(rule)).status()).isEqualTo(204);
    assertThat(alice.put("/v2.0/security-group-rules/x", "{'security_group_rule': {}}").status())
        .isEqualTo(404);
    assertThat(alice.delete("/v2.0/security-groups/" + group).status()).isEqualTo(204);
    assertThat(
            alice
                .get("/v2.0/security-group-rules?security_group_id=" + group)
                .body()
                .path("security_group_rules")
                .isEmpty())
        .isTrue();
  }

  @Test
  void refusesRulesThatMakeNoSense() {
    String group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
    assertThat(refusedRule(group, "'direction': 'sideways'")).startsWith("400 HTTPBadRequest");
    assertThat(refusedRule(group, "'direction': 'ingress', 'protocol': 'smoke'"))
        .startsWith("400 SecurityGroupRuleInvalidProtocol");
    assertThat(refusedRule(group, "'direction': 'ingress', 'port_range_min': 1"))
        .startsWith("400 SecurityGroupProtocolRequiredWithPorts");
    assertThat(
            refusedRule(
                group,
                "'direction': 'ingress', 'protocol': 'udp', 'port_range_min': 9, 'port_range_max': 3"))
        .startsWith("400 SecurityGroupInvalidPortRange");
    assertThat(
            refusedRule(
                group,
                "'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 1, 'port_range_max': 99999"))
        .startsWith("400 SecurityGroupInvalidPortValue");
    assertThat(refusedRule(group, "'direction': 'ingress', 'remote_ip_prefix': 'fd00::/8'"))
        .startsWith("400 SecurityGroupRuleParameterConflict");
    assertThat(refusedRule(group, "'direction': 'ingress', 'ethertype': 'IPX'"))
        .startsWith("400 SecurityGroupRuleInvalidEtherType");
    assertThat(
            refusedRule(
                group, "'direction': 'ingress', 'remote_group_id': '" + UUID.randomUUID() + "'"))
        .startsWith("404 SecurityGroupNotFound");
  }

  private String refusedRule(String group, String rest) {
    return alice
        .post(
            "/v2.0/security-group-rules",
            "{'security_group_rule': {'security_group_id': '%s', %s}}".formatted(group, rest))
        .error();
  }

  // Tags.
}
