package agrippa.cloud.network;

import agrippa.web.Json;
import tools.jackson.databind.node.ObjectNode;

/// The parts of Neutron that are not its core and that this service has. Clients switch features on
/// when they see an alias.
enum Extension {
  AGENT("agent", "agent"),
  ADDRESS_PAIRS("allowed-address-pairs", "Allowed Address Pairs"),
  BINDING("binding", "Port Binding"),
  EXTERNAL_GATEWAY_MODE("ext-gw-mode", "Neutron L3 Configurable external gateway mode"),
  EXTERNAL_NETWORK("external-net", "Neutron external network"),
  EXTRA_ROUTE("extraroute", "Neutron Extra Route"),
  EXTRA_ROUTE_ATOMIC("extraroute-atomic", "Atomically add/remove extra routes"),
  FLOATING_IP_PORT_DETAILS(
      "fip-port-details", "Add port_details attribute to Floating IP resource"),
  IP_AVAILABILITY("network-ip-availability", "Network IP Availability"),
  MTU("net-mtu", "Network MTU"),
  MTU_WRITABLE("net-mtu-writable", "Network MTU (writable)"),
  PAGINATION("pagination", "Pagination support"),
  PORT_SECURITY("port-security", "Port Security"),
  PROJECT_ID("project-id", "project_id field enabled"),
  PROVIDER("provider", "Provider Network"),
  QOS("qos", "Quality of Service"),
  QUOTA_DETAILS("quota_details", "Quota details management support"),
  QUOTAS("quotas", "Quota management support"),
  ROUTER("router", "Neutron L3 Router"),
  SECURITY_GROUP("security-group", "security-group"),
  SECURITY_GROUP_CIDRS(
      "security-groups-normalized-cidr", "Normalized CIDR field for security group rules"),
  SORTING("sorting", "Sorting support"),
  DEFAULT_SUBNET_POOLS("default-subnetpools", "Default Subnetpools"),
  DESCRIPTION("standard-attr-description", "standard-attr-description"),
  REVISIONS("standard-attr-revisions", "Resource revision numbers"),
  TAGS("standard-attr-tag", "Tag support for resources with standard attribute"),
  TIMESTAMPS("standard-attr-timestamp", "Resource timestamps"),
  STATEFUL("stateful-security-group", "Stateful security group"),
  SUBNET_ALLOCATION("subnet_allocation", "Subnet Allocation"),
  SERVICE_TYPES("subnet-service-types", "Subnet service types");

  private final String alias;
  private final String title;

  Extension(String alias, String title) {
    this.alias = alias;
    this.title = title;
  }

  String alias() {
    return alias;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("name", title);
    json.put("alias", alias);
    json.put("description", title);
    json.put("updated", "2016-01-01T00:00:00-00:00");
    json.putArray("links");
    return json;
  }
}
