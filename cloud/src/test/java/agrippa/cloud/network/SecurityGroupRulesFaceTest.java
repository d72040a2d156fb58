package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What a real Neutron (21.0) answered to the same requests.
class SecurityGroupRulesFaceTest extends FaceRig {
  private String group = "";

  @BeforeEach
  void makeAGroup() {
    group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
  }

  private TestCloud.Answer make(String said) {
    return alice.post(
        "/v2.0/security-group-rules",
        "{'security_group_rule': {'security_group_id': '%s', 'direction': 'ingress'%s}}"
            .formatted(group, said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          , 'protocol': 'TCP'                                                     | IPv4 tcp null null null
          , 'protocol': 6                                                         | IPv4 6 null null null
          , 'protocol': 'tcp', 'port_range_min': 1, 'port_range_max': 65535       | IPv4 tcp null null null
          , 'protocol': '33', 'port_range_min': 5, 'port_range_max': '6'          | IPv4 33 5 6 null
          , 'protocol': 'hopopt'                                                  | IPv4 hopopt null null null
          , 'protocol': null                                                      | IPv4 null null null null
          , 'protocol': 'icmp', 'port_range_min': 8                               | IPv4 icmp 8 null null
          , 'protocol': 'icmp', 'port_range_min': 8, 'port_range_max': 3          | IPv4 icmp 8 3 null
          , 'protocol': 'icmp', 'ethertype': 'IPv6', 'port_range_min': 128        | IPv6 ipv6-icmp 128 null null
          , 'protocol': '58', 'ethertype': 'ipv6'                                 | IPv6 ipv6-icmp null null null
          , 'remote_ip_prefix': '10.1.2.3'                                        | IPv4 null null null 10.1.2.3/32
          , 'remote_ip_prefix': '10.1.2.3/8'                                      | IPv4 null null null 10.1.2.3/8
          , 'remote_ip_prefix': ''                                                | IPv4 null null null null
          , 'ethertype': 'IPv6', 'remote_ip_prefix': 'fd00::1/8'                  | IPv6 null null null fd00::1/8
          """)
  void takes(String said, String made) {
    TestCloud.Answer answer = make(said);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    JsonNode rule = answer.body().path("security_group_rule");
    assertThat(
            String.join(
                " ",
                rule.path("ethertype").asString(),
                rule.path("protocol").asString("null"),
                rule.path("port_range_min").asString("null"),
                rule.path("port_range_max").asString("null"),
                rule.path("remote_ip_prefix").asString("null")))
        .isEqualTo(made);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          , 'protocol': 'icmpv6'                                                  | 400 SecurityGroupEthertypeConflictWithProtocol: Invalid ethertype IPv4 for protocol icmpv6.
          , 'protocol': '58'                                                      | 400 SecurityGroupEthertypeConflictWithProtocol: Invalid ethertype IPv4 for protocol 58.
          , 'protocol': '256'                                                     | 400 SecurityGroupRuleInvalidProtocol: Security group rule protocol 256 not supported.
          , 'protocol': 'smoke'                                                   | 400 SecurityGroupRuleInvalidProtocol: Security group rule protocol smoke not supported. Only protocol values [None, 'ah', 'dccp',
          , 'protocol': ''                                                        | 400 SecurityGroupRuleInvalidProtocol: Security group rule protocol  not supported.
          , 'protocol': 'tcp', 'port_range_min': 80                               | 400 SecurityGroupInvalidPortRange: For TCP/UDP protocols, port_range_min must be <= port_range_max
          , 'protocol': 'tcp', 'port_range_min': 90, 'port_range_max': 80         | 400 SecurityGroupInvalidPortRange: For TCP/UDP protocols, port_range_min must be <= port_range_max
          , 'protocol': 'tcp', 'port_range_min': 0, 'port_range_max': 5           | 400 SecurityGroupInvalidPortValue: Invalid value for port 0
          , 'protocol': 'tcp', 'port_range_min': 1, 'port_range_max': 65536       | 400 SecurityGroupInvalidPortValue: Invalid value for port 65536
          , 'protocol': 'tcp', 'port_range_min': -1, 'port_range_max': 5          | 400 SecurityGroupInvalidPortValue: Invalid value for port -1
          , 'protocol': 'tcp', 'port_range_min': 'x', 'port_range_max': 5         | 400 SecurityGroupInvalidPortValue: Invalid value for port x
          , 'protocol': 'gre', 'port_range_min': 5, 'port_range_max': 6           | 400 SecurityGroupInvalidProtocolForPort: Ports cannot be specified for protocol 47. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE.
          , 'port_range_min': 5, 'port_range_max': 6                              | 400 SecurityGroupProtocolRequiredWithPorts: Must also specify protocol if port range is given.
          , 'protocol': 'icmp', 'port_range_max': 0                               | 400 SecurityGroupMissingIcmpType: ICMP code (port-range-max) 0 is provided but ICMP type (port-range-min) is missing.
          , 'protocol': 'icmp', 'port_range_min': 256                             | 400 SecurityGroupInvalidIcmpValue: Invalid value for ICMP type (port_range_min) 256. It must be 0 to 255.
          , 'protocol': '1', 'port_range_min': 3, 'port_range_max': 300           | 400 SecurityGroupInvalidIcmpValue: Invalid value for ICMP code (port_range_max) 300. It must be 0 to 255.
          , 'remote_ip_prefix': 'x'                                               | 400 InvalidCIDR: Invalid CIDR x given as IP prefix.
          , 'remote_ip_prefix': 'fd00::/8'                                        | 400 SecurityGroupRuleParameterConflict: Conflicting value ethertype IPv4 for CIDR fd00::/8
          , 'remote_group_id': 'x'                                                | 404 SecurityGroupNotFound: Security group x does not exist
          , 'ethertype': null                                                     | 400 SecurityGroupRuleInvalidEtherType: Security group rule for ethertype 'None' not supported. Allowed values are ['IPv4', 'IPv6'].
          , 'nope': 1                                                             | 400 HTTPBadRequest: Unrecognized attribute(s) 'nope'
          """)
  void refuses(String said, String error) {
    assertThat(make(said).error()).startsWith(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          , 'protocol': 'tcp'                         | , 'protocol': '6'
          , 'protocol': 'udp'                         | , 'protocol': 'udp', 'port_range_min': 1, 'port_range_max': 65535
          , 'protocol': 'icmp', 'ethertype': 'IPv6'   | , 'protocol': '58', 'ethertype': 'IPv6'
          , 'remote_ip_prefix': '0.0.0.0/0'           | , 'remote_ip_prefix': null
          , 'protocol': 'sctp', 'description': 'one'  | , 'protocol': '132', 'description': 'two'
          """)
  void knowsARuleInAnotherSpelling(String first, String second) {
    String rule = id(make(first).body().path("security_group_rule"));
    assertThat(make(second).error())
        .isEqualTo(
            "409 SecurityGroupRuleExists: Security group rule already exists. Rule id is %s."
                .formatted(rule));
  }

  @Test
  void aGroupInUseKeepsItsKind() {
    String port = id(port(network("n"), ", 'security_groups': ['" + group + "']"));
    String path = "/v2.0/security-groups/" + group;
    assertThat(alice.put(path, "{'security_group': {'stateful': false}}").error())
        .isEqualTo("409 SecurityGroupInUse: Security Group " + group + " in use.");
    assertThat(alice.delete("/v2.0/ports/" + port).status()).isEqualTo(204);
    assertThat(alice.put(path, "{'security_group': {'stateful': false}}").status()).isEqualTo(200);
    assertThat(alice.put(path, "{'security_group': {'name': 'Default'}}").error())
        .startsWith("409 SecurityGroupDefaultAlreadyExists");
  }
}
