package agrippa.cloud.network;

import agrippa.control.Caller;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rules of security groups. They never change: Neutron replaces them too.
final class SecurityGroupRuleCollection implements Collection<SecurityGroupRule> {
  private static final String PROTOCOLS =
      "[None, 'ah', 'dccp', 'egp', 'esp', 'gre', 'hopopt', 'icmp', 'igmp', 'ip', 'ipip', 'ipv6-encap', 'ipv6-frag', 'ipv6-icmp', 'icmpv6', 'ipv6-nonxt', 'ipv6-opts', 'ipv6-route', 'ospf', 'pgm', 'rsvp', 'sctp', 'tcp', 'udp', 'udplite', 'vrrp']";

  private static final int LAST_PORT = 65_535;

  @Override
  public Kind kind() {
    return Kind.SECURITY_GROUP_RULE;
  }

  @Override
  public SecurityGroupRule create(Draft draft, Caller caller, Form form) {
    SecurityGroup group = group(draft.state(), caller, form.required("security_group_id"));
    JsonNode remote = form.anything("remote_group_id");
    form.nothing("remote_address_group_id", "Address group");
    form.required("direction");
    String direction = form.choice("direction", "", List.of("ingress", "egress"));
    int version = version(form);
    String written = prefix(form);
    SecurityGroupRule rule =
        new SecurityGroupRule(
            draft.meta(form.project().orElse(group.project()), "", form.text("description", "")),
            group.id(),
            direction.equals("ingress"),
            version,
            protocol(form, version),
            port(form, "port_range_min"),
            port(form, "port_range_max"),
            written == null ? null : Cidr.of(written),
            written,
            remote == null ? null : group(draft.state(), caller, remote).id());
    form.end();
    if (!rule.project().equals(group.project()) && !caller.admin()) {
      throw Fault.forbidden("create_security_group_rule");
    }
    SecurityGroupRule checked = withoutAllPorts(rule);
    checkPorts(checked);
    check(checked);
    mustBeNew(draft.state(), checked);
    draft.add(checked);
    return checked;
  }

  private static SecurityGroup group(NetworkState state, Caller caller, JsonNode id) {
    String text = id.asString("None");
    return Form.uuid(text)
        .flatMap(state::securityGroup)
        .filter(it -> caller.mayUse(it.project()))
        .orElseThrow(() -> Fault.notFound(Kind.SECURITY_GROUP, text));
  }

  private static int version(Form form) {
    String type = form.has("ethertype") ? form.word("ethertype") : "IPv4";
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

  /// As it was written, but that ICMP has another name in IPv6. The published reference of the API
  /// takes `any` as well, as what is left away.
  private static @Nullable String protocol(Form form, int version) {
    if (form.anything("protocol") == null) {
      return null;
    }
    String protocol = form.word("protocol").toLowerCase(Locale.ROOT);
    if (protocol.equals("any")) {
      return null;
    }
    OptionalInt number = Protocols.number(protocol);
    if (number.isEmpty()) {
      throw Fault.badRequest(
          "SecurityGroupRuleInvalidProtocol",
          "Security group rule protocol %s not supported. Only protocol values %s and integer representations [0 to 255] are supported."
              .formatted(protocol, PROTOCOLS));
    }
    return version == 6 && Protocols.isIcmp(number.getAsInt()) ? "ipv6-icmp" : protocol;
  }

  private static @Nullable Integer port(Form form, String name) {
    if (form.anything(name) == null) {
      return null;
    }
    String text = form.word(name);
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > LAST_PORT) {
      throw Fault.badRequest("SecurityGroupInvalidPortValue", "Invalid value for port " + text);
    }
    return Integer.valueOf(text);
  }

  /// As it was written, with a length.
  private static @Nullable String prefix(Form form) {
    String text = form.nullableText("remote_ip_prefix");
    if (text == null || text.isEmpty()) {
      return null;
    }
    Cidr cidr =
        Cidr.parse(text)
            .orElseThrow(
                () ->
                    Fault.badRequest(
                        "InvalidCIDR", "Invalid CIDR " + text + " given as IP prefix."));
    return text.contains("/") ? text : cidr.toString();
  }

  /// All ports are the same as none.
  private static SecurityGroupRule withoutAllPorts(SecurityGroupRule it) {
    OptionalInt number = number(it);
    boolean all =
        number.isPresent()
            && Protocols.hasPorts(number.getAsInt())
            && Objects.equals(it.from(), 1)
            && Objects.equals(it.to(), LAST_PORT);
    return all
        ? new SecurityGroupRule(
            it.meta(),
            it.group(),
            it.ingress(),
            it.version(),
            it.protocol(),
            null,
            null,
            it.remotePrefix(),
            it.written(),
            it.remoteGroup())
        : it;
  }

  /// Empty for any protocol.
  private static OptionalInt number(SecurityGroupRule rule) {
    return rule.protocol() == null ? OptionalInt.empty() : Protocols.number(rule.protocol());
  }

  private static void check(SecurityGroupRule rule) {
    Cidr prefix = rule.remotePrefix();
    if (prefix != null && rule.remoteGroup() != null) {
      throw Fault.badRequest(
          "SecurityGroupMultipleRemoteEntites",
          "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.");
    }
    if (prefix != null && prefix.version() != rule.version()) {
      throw Fault.badRequest(
          "SecurityGroupRuleParameterConflict",
          "Conflicting value ethertype IPv%d for CIDR %s"
              .formatted(rule.version(), rule.written()));
    }
    OptionalInt number = number(rule);
    if (rule.version() == 4 && number.isPresent() && Protocols.isOfIpv6(number.getAsInt())) {
      throw Fault.badRequest(
          "SecurityGroupEthertypeConflictWithProtocol",
          "Invalid ethertype IPv4 for protocol " + rule.protocol() + ".");
    }
  }

  private static void checkPorts(SecurityGroupRule rule) {
    Integer from = rule.from();
    Integer to = rule.to();
    if (from == null && to == null) {
      return;
    }
    OptionalInt number = number(rule);
    if (number.isEmpty()) {
      throw Fault.badRequest(
          "SecurityGroupProtocolRequiredWithPorts",
          "Must also specify protocol if port range is given.");
    }
    if (Protocols.isIcmp(number.getAsInt())) {
      checkIcmp(from, to);
    } else if (!Protocols.hasPorts(number.getAsInt())) {
      throw Fault.badRequest(
          "SecurityGroupInvalidProtocolForPort",
          "Ports cannot be specified for protocol %d. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE."
              .formatted(number.getAsInt()));
    } else if (Objects.equals(from, 0) || Objects.equals(to, 0)) {
      throw Fault.badRequest("SecurityGroupInvalidPortValue", "Invalid value for port 0");
    } else if (from == null || to == null || from > to) {
      throw Fault.badRequest(
          "SecurityGroupInvalidPortRange",
          "For TCP/UDP protocols, port_range_min must be <= port_range_max");
    }
  }

  private static void checkIcmp(@Nullable Integer type, @Nullable Integer code) {
    mustBeOctet("type (port_range_min)", type);
    mustBeOctet("code (port_range_max)", code);
    if (type == null) {
      throw Fault.badRequest(
          "SecurityGroupMissingIcmpType",
          "ICMP code (port-range-max) %d is provided but ICMP type (port-range-min) is missing."
              .formatted(code));
    }
  }

  private static void mustBeOctet(String field, @Nullable Integer value) {
    if (value != null && value > 255) {
      throw Fault.badRequest(
          "SecurityGroupInvalidIcmpValue",
          "Invalid value for ICMP %s %d. It must be 0 to 255.".formatted(field, value));
    }
  }

  private static void mustBeNew(NetworkState state, SecurityGroupRule rule) {
    state.rulesOf(rule.group()).stream()
        .filter(it -> same(it, rule))
        .findFirst()
        .ifPresent(
            it -> {
              throw Fault.conflict(
                  "SecurityGroupRuleExists",
                  "Security group rule already exists. Rule id is " + it.id() + ".");
            });
  }

  /// Whether they let the same through, as far as Neutron looks: it compares prefixes as they were
  /// written, but for those of everybody.
  private static boolean same(SecurityGroupRule a, SecurityGroupRule b) {
    return a.ingress() == b.ingress()
        && a.version() == b.version()
        && number(a).equals(number(b))
        && Objects.equals(a.from(), b.from())
        && Objects.equals(a.to(), b.to())
        && Objects.equals(whom(a), whom(b))
        && Objects.equals(a.remoteGroup(), b.remoteGroup());
  }

  private static @Nullable String whom(SecurityGroupRule rule) {
    String everybody = rule.version() == 4 ? "0.0.0.0/0" : "::/0";
    return everybody.equals(rule.written()) ? null : rule.written();
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
