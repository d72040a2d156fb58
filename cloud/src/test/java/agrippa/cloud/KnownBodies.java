package agrippa.cloud;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Bodies that the embedded services take.
final class KnownBodies {
  /// Bodies that are taken, by the collection that they are sent to. Where they say ID, one of
  /// what exists is put.
  private static final Map<String, List<String>> BODIES =
      Map.ofEntries(
          Map.entry(
              "tokens",
              List.of(
                  """
                  {"auth": {"identity": {"methods": ["password"], "password": {"user": {
                    "name": "u", "password": "secret", "domain": {"id": "default"}}}},
                    "scope": {"project": {"id": "ID", "domain": {"name": "Default"}}}}}""",
                  """
                  {"auth": {"identity": {"methods": ["token"], "token": {"id": "ID"}},
                    "scope": "unscoped"}}""",
                  """
                  {"auth": {"identity": {"methods": ["application_credential"],
                    "application_credential": {"id": "ID", "secret": "x", "name": "x",
                    "user": {"id": "ID"}}}}}""")),
          Map.entry(
              "users",
              List.of(
                  """
                  {"user": {"name": "u", "password": "secret", "domain_id": "default",
                    "default_project_id": "ID", "enabled": true, "email": "e"}}""")),
          Map.entry(
              "password",
              List.of("{\"user\": {\"password\": \"b\", \"original_password\": \"secret\"}}")),
          Map.entry(
              "projects",
              List.of(
                  """
                  {"project": {"name": "p", "domain_id": "default", "enabled": true,
                    "description": "", "tags": ["t"], "parent_id": "ID", "is_domain": false}}""")),
          Map.entry(
              "images",
              List.of(
                  """
                  {"name": "i", "disk_format": "raw", "container_format": "bare", "tags": ["t"],
                    "visibility": "public", "protected": false, "min_ram": 1, "more": "x"}""",
                  """
                  [{"op": "replace", "path": "/name", "value": "n"},
                    {"op": "add", "path": "/more", "value": "y"},
                    {"op": "remove", "path": "/more"}]""")),
          Map.entry(
              "servers",
              List.of(
                  """
                  {"server": {"name": "s", "imageRef": "ID", "flavorRef": "d4", "networks": "auto",
                    "metadata": {"a": "b"}, "tags": ["t"], "user_data": "eA==", "min_count": 1,
                    "max_count": 2, "security_groups": [{"name": "default"}], "key_name": "k",
                    "block_device_mapping_v2": [{"uuid": "ID", "boot_index": 0,
                      "source_type": "image", "destination_type": "local"}],
                    "availability_zone": "nova", "config_drive": true, "accessIPv4": "1.2.3.4",
                    "description": "d", "OS-DCF:diskConfig": "AUTO"}}""",
                  """
                  {"server": {"name": "s", "imageRef": "ID", "flavorRef": "1",
                    "networks": [{"uuid": "ID", "fixed_ip": "10.0.0.9"}, {"port": "ID"}]}}""")),
          Map.entry(
              "action",
              List.of(
                  "{\"os-stop\": null}",
                  "{\"os-start\": null}",
                  "{\"reboot\": {\"type\": \"HARD\"}}",
                  "{\"addSecurityGroup\": {\"name\": \"default\"}}",
                  "{\"os-getConsoleOutput\": {\"length\": 5}}",
                  "{\"os-resetState\": {\"state\": \"active\"}}")),
          Map.entry(
              "os-interface",
              List.of(
                  """
                  {"interfaceAttachment": {"net_id": "ID", "port_id": "ID",
                    "fixed_ips": [{"ip_address": "10.0.0.8"}]}}""")),
          Map.entry(
              "metadata", List.of("{\"metadata\": {\"a\": \"b\"}}", "{\"meta\": {\"a\": \"b\"}}")),
          Map.entry(
              "flavors",
              List.of(
                  """
                  {"flavor": {"name": "f", "ram": 64, "vcpus": 1, "disk": 1, "id": "auto", "swap": 0,
                    "OS-FLV-EXT-DATA:ephemeral": 0, "os-flavor-access:is_public": true}}""")),
          Map.entry("os-extra_specs", List.of("{\"extra_specs\": {\"a\": \"b\"}}")),
          Map.entry(
              "os-keypairs",
              List.of("{\"keypair\": {\"name\": \"k\", \"public_key\": \"ssh-ed25519 AAAA\"}}")),
          Map.entry("domains", List.of("{\"domain\": {\"name\": \"d\", \"enabled\": true}}")),
          Map.entry("roles", List.of("{\"role\": {\"name\": \"r\", \"description\": \"\"}}")),
          Map.entry(
              "application_credentials",
              List.of(
                  """
                  {"application_credential": {"name": "a", "secret": "s", "unrestricted": true,
                    "roles": [{"name": "admin"}], "expires_at": "2099-01-01T00:00:00Z"}}""")),
          Map.entry(
              "networks",
              List.of(
                  """
                  {"network": {"name": "n", "shared": true, "admin_state_up": true, "mtu": 1500,
                    "router:external": false, "port_security_enabled": true}}""",
                  "{\"networks\": [{\"name\": \"n\"}, {\"name\": \"m\"}]}")),
          Map.entry(
              "subnets",
              List.of(
                  """
                  {"subnet": {"network_id": "ID", "cidr": "10.9.0.0/24", "ip_version": 4,
                    "gateway_ip": "10.9.0.1", "enable_dhcp": true,
                    "allocation_pools": [{"start": "10.9.0.2", "end": "10.9.0.250"}],
                    "dns_nameservers": ["192.0.2.1"],
                    "host_routes": [{"destination": "192.0.2.0/24", "nexthop": "10.9.0.1"}]}}""",
                  """
                  {"subnet": {"network_id": "ID", "subnetpool_id": "ID", "prefixlen": 28,
                    "ip_version": 4}}""",
                  """
                  {"subnet": {"network_id": "ID", "cidr": "fd01::/64", "ip_version": 6,
                    "ipv6_address_mode": "slaac", "ipv6_ra_mode": "slaac"}}""")),
          Map.entry(
              "subnetpools",
              List.of(
                  """
                  {"subnetpool": {"name": "s", "prefixes": ["10.16.0.0/16"], "min_prefixlen": 20,
                    "max_prefixlen": 30, "default_prefixlen": 26, "shared": false,
                    "is_default": false, "default_quota": 5}}""")),
          Map.entry(
              "ports",
              List.of(
                  """
                  {"port": {"network_id": "ID", "name": "p", "admin_state_up": true,
                    "fixed_ips": [{"subnet_id": "ID", "ip_address": "10.9.0.9"}],
                    "security_groups": ["ID"], "device_id": "d", "device_owner": "o",
                    "mac_address": "fa:16:3e:00:00:01", "binding:host_id": "h",
                    "allowed_address_pairs": [{"ip_address": "10.9.0.0/24"}]}}""",
                  "{\"port\": {\"network_id\": \"ID\"}}")),
          Map.entry(
              "floatingips",
              List.of(
                  """
                  {"floatingip": {"floating_network_id": "ID", "port_id": "ID",
                    "fixed_ip_address": "10.9.0.9", "subnet_id": "ID",
                    "floating_ip_address": "172.24.4.9"}}""")),
          Map.entry(
              "security-groups",
              List.of("{\"security_group\": {\"name\": \"g\", \"description\": \"\"}}")),
          Map.entry(
              "security-group-rules",
              List.of(
                  """
                  {"security_group_rule": {"security_group_id": "ID", "direction": "ingress",
                    "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 1,
                    "port_range_max": 9, "remote_ip_prefix": "192.0.2.0/24",
                    "remote_group_id": "ID"}}""")),
          Map.entry("tags", List.of("{\"tags\": [\"a\", \"b\"]}")),
          Map.entry(
              "secrets",
              List.of(
                  """
                  {"name": "s", "payload": "YWJj", "secret_type": "opaque",
                    "payload_content_type": "application/octet-stream",
                    "payload_content_encoding": "base64", "algorithm": "aes", "bit_length": 256,
                    "mode": "cbc", "expiration": "2099-01-01T00:00:00"}""",
                  "{\"payload\": \"x\", \"payload_content_type\": \"text/plain\"}",
                  "{\"name\": \"empty\"}")),
          Map.entry(
              "containers",
              List.of(
                  """
                  {"name": "c", "type": "certificate", "secret_refs": [
                    {"name": "certificate", "secret_ref": "ID"},
                    {"name": "private_key", "secret_ref": "ID"}]}""",
                  "{\"type\": \"generic\", \"secret_refs\": []}")),
          Map.entry("acl", List.of("{\"read\": {\"users\": [\"u\"], \"project-access\": true}}")),
          Map.entry(
              "consumers",
              List.of(
                  "{\"name\": \"n\", \"URL\": \"http://x/\"}",
                  """
                  {"service": "s", "resource_type": "t", "resource_id": "ID"}""")));

  private KnownBodies() {}

  /// Those that go to a collection, or an empty object if none is known.
  static List<JsonNode> of(String collection) {
    return BODIES.getOrDefault(collection, List.of("{}")).stream().map(OddJson::parsed).toList();
  }

  static List<JsonNode> all() {
    return BODIES.values().stream().flatMap(List::stream).map(OddJson::parsed).toList();
  }
}
