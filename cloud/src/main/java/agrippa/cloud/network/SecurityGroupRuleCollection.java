package agrippa.cloud.network;

import agrippa.control.Caller;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rules of security groups. They never change: Neutron replaces them too.
final class SecurityGroupRuleCollection implements Collection<SecurityGroupRule> {
  private static final Set<String> WITH_PORTS = Set.of("tcp", "udp", "sctp", "dccp", "udplite");
  private static final Set<String> ICMP = Set.of("icmp", "icmpv6", "ipv6-icmp");
  private static final Set<String> OTHERS =
      Set.of(
          "ah",
          "egp",
          "esp",
          "gre",
          "igmp",
          "ipip",
          "ipv6-encap",
          "ipv6-frag",
          "ipv6-nonxt",
          "ipv6-opts",
          "ipv6-route",
          "ospf",
          "pgm",
          "rsvp",
          "vrrp");

  @Override
  public Kind kind() {
    return Kind.SECURITY_GROUP_RULE;
  }

  @Override
  public SecurityGroupRule create(Draft draft, Caller caller, Form form) {
    SecurityGroup group = group(draft.state(), caller, form.fixedId("security_group_id"));
    UUID remote = form.id("remote_group_id", null);
    if (remote != null) {
      group(draft.state(), caller, remote);
    }
    form.nothing("remote_address_group_id", "Address group");
    form.required("direction");
    String direction = form.choice("direction", "", List.of("ingress", "egress"));
    SecurityGroupRule rule =
        new SecurityGroupRule(
            draft.meta(form.project().orElse(group.project()), "", form.text("description", "")),
            group.id(),
            direction.equals("ingress"),
            version(form),
            protocol(form),
            form.number("port_range_min", null),
            form.number("port_range_max", null),
            prefix(form),
            remote);
    form.end();
    if (!rule.project().equals(group.project()) && !caller.admin()) {
      throw Fault.forbidden("create_security_group_rule");
    }
    check(rule);
    mustBeNew(draft.state(), rule);
    draft.add(rule);
    return rule;
  }

  private static SecurityGroup group(NetworkState state, Caller caller, UUID id) {
    return state
        .securityGroup(id)
        .filter(it -> caller.mayUse(it.project()))
        .orElseThrow(() -> Fault.notFound(Kind.SECURITY_GROUP, id));
  }

  private static int version(Form form) {
    String type = form.text("ethertype", "IPv4");
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "ipv4" -> 4;
      case "ipv6" -> 6;
      default ->
          throw Fault.badRequest(
              "SecurityGroupRuleInvalidEtherType",
              "Security group rule for ethertype '%s' not supported. Allowed values are ['IPv4', 'IPv6']."
                  .formatted(type));
    };
  }

  private static @Nullable String protocol(Form form) {
    JsonNode node = form.anything("protocol");
    if (node == null) {
      return null;
    }
    String protocol = node.asString("None").toLowerCase(Locale.ROOT);
    if (protocol.isEmpty() || protocol.equals("any")) {
      return null;
    }
    boolean number = protocol.matches("\\d{1,3}") && Integer.parseInt(protocol) <= 255;
    if (number
        || WITH_PORTS.contains(protocol)
        || ICMP.contains(protocol)
        || OTHERS.contains(protocol)) {
      return protocol;
    }
    throw Fault.badRequest(
        "SecurityGroupRuleInvalidProtocol",
        "Security group rule protocol %s not supported. Only names of protocols and integer representations [0 to 255] are supported."
            .formatted(protocol));
  }

  private static @Nullable Cidr prefix(Form form) {
    String text = form.nullableText("remote_ip_prefix");
    return text == null || text.isEmpty()
        ? null
        : Cidr.parse(text)
            .orElseThrow(
                () ->
                    Fault.invalid("remote_ip_prefix", "'" + text + "' is not a valid IP subnet."));
  }

  private static void check(SecurityGroupRule rule) {
    if (rule.remotePrefix() != null && rule.remoteGroup() != null) {
      throw Fault.badRequest(
          "SecurityGroupMultipleRemoteEntites",
          "Only one of remote_ip_prefix, remote_group_id or remote_address_group_id may be provided.");
    }
    if (rule.remotePrefix() != null && rule.remotePrefix().version() != rule.version()) {
      throw Fault.badRequest(
          "SecurityGroupRuleParameterConflict",
          "Conflicting value ethertype IPv%d for CIDR %s"
              .formatted(rule.version(), rule.remotePrefix()));
    }
    checkPorts(rule);
  }

  private static void checkPorts(SecurityGroupRule rule) {
    Integer from = rule.from();
    Integer to = rule.to();
    if (from == null && to == null) {
      return;
    }
    String protocol = rule.protocol();
    if (protocol == null) {
      throw Fault.badRequest(
          "SecurityGroupProtocolRequiredWithPorts",
          "Must also specify protocol if port range is given.");
    }
    boolean icmp = ICMP.contains(protocol) || protocol.equals("1") || protocol.equals("58");
    if (icmp) {
      inRange("port_range_min", from, 0, 255);
      inRange("port_range_max", to, 0, 255);
      if (from == null) {
        throw Fault.badRequest(
            "SecurityGroupMissingIcmpType",
            "ICMP code (port-range-max) %d is provided but ICMP type (port-range-min) is missing."
                .formatted(to));
      }
      return;
    }
    inRange("port_range_min", from, 0, 65_535);
    inRange("port_range_max", to, 0, 65_535);
    if (from == null || to == null || from > to) {
      throw Fault.badRequest(
          "SecurityGroupInvalidPortRange",
          "For TCP/UDP protocols, port_range_min must be <= port_range_max");
    }
  }

  private static void inRange(String name, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      throw Fault.badRequest(
          "SecurityGroupInvalidPortValue", "Invalid value for port " + value + " (" + name + ")");
    }
  }

  private static void mustBeNew(NetworkState state, SecurityGroupRule rule) {
    state.rulesOf(rule.group()).stream()
        .filter(it -> it.with(rule.meta()).equals(rule))
        .findFirst()
        .ifPresent(
            it -> {
              throw Fault.conflict(
                  "SecurityGroupRuleExists",
                  "Security group rule already exists. Rule id is " + it.id() + ".");
            });
  }

  @Override
  public SecurityGroupRule update(Draft draft, Caller caller, SecurityGroupRule before, Form form) {
    throw Fault.noMethod();
  }

  @Override
  public void delete(Draft draft, Caller caller, SecurityGroupRule it) {
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, SecurityGroupRule it) {
    return json(it);
  }

  static ObjectNode json(SecurityGroupRule it) {
    ObjectNode json = it.json();
    json.remove("name");
    return json;
  }
}
