package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the network service counts and says of itself: quotas, free addresses, agents.
final class NetworkReports {
  /// What quotas are named after; none is limited.
  private static final SequencedMap<String, Kind> QUOTAS =
      Collections.unmodifiableSequencedMap(
          new TreeMap<>(
              Map.of(
                  "floatingip", Kind.FLOATING_IP,
                  "network", Kind.NETWORK,
                  "port", Kind.PORT,
                  "router", Kind.ROUTER,
                  "security_group", Kind.SECURITY_GROUP,
                  "security_group_rule", Kind.SECURITY_GROUP_RULE,
                  "subnet", Kind.SUBNET,
                  "subnetpool", Kind.SUBNET_POOL)));

  private static final List<String> FILTERS =
      List.of("network_id", "network_name", "project_id", "tenant_id");

  private final NetworkRecords records;

  NetworkReports(NetworkRecords records) {
    this.records = records;
  }

  // Quotas.

  Reply quota() {
    ObjectNode body = Json.object();
    ObjectNode quota = body.putObject("quota");
    QUOTAS.keySet().forEach(it -> quota.put(it, -1));
    quota.put("rbac_policy", -1);
    return Reply.json(200, body);
  }

  /// With how much of it is used.
  Reply quotaDetails(Caller caller, Request request) {
    ProjectId project = new ProjectId(request.parameter("project"));
    if (!caller.mayUse(project)) {
      throw Fault.forbidden("get_quota");
    }
    NetworkState state = records.state();
    ObjectNode body = Json.object();
    ObjectNode quota = body.putObject("quota");
    QUOTAS.forEach(
        (name, kind) ->
            detail(
                quota.putObject(name),
                state.all(kind).filter(it -> it.project().equals(project)).count()));
    detail(quota.putObject("rbac_policy"), 0);
    return Reply.json(200, body);
  }

  private static void detail(ObjectNode json, long used) {
    json.put("limit", -1).put("used", used).put("reserved", 0);
  }

  // Addresses.

  /// For admins, as in Neutron; others see none.
  Reply availabilities(Caller caller, Request request) {
    NetworkState state = records.state();
    ObjectNode body = Json.object();
    ArrayNode all = body.putArray("network_ip_availabilities");
    Stream<Network> networks = caller.admin() ? state.networks() : Stream.empty();
    networks
        .map(it -> availability(state, it))
        .filter(it -> FILTERS.stream().allMatch(name -> matches(it, name, request)))
        .forEach(all::add);
    return Reply.json(200, body);
  }

  private static boolean matches(ObjectNode it, String name, Request request) {
    List<String> wanted = request.query().getOrDefault(name, List.of());
    return wanted.isEmpty() || wanted.contains(it.path(name).asString(""));
  }

  Reply availability(Caller caller, Request request) {
    NetworkState state = records.state();
    Network network =
        Form.uuid(request.parameter("id"))
            .filter(it -> caller.admin())
            .flatMap(state::network)
            .orElseThrow(Fault::noPath);
    ObjectNode body = Json.object();
    body.set("network_ip_availability", availability(state, network));
    return Reply.json(200, body);
  }

  private static ObjectNode availability(NetworkState state, Network network) {
    ObjectNode json = Json.object();
    json.put("network_id", network.id().toString());
    json.put("network_name", network.meta().name());
    json.put("tenant_id", network.project().value());
    json.put("project_id", network.project().value());
    ArrayNode subnets = json.putArray("subnet_ip_availability");
    BigInteger total = BigInteger.ZERO;
    long used = 0;
    for (Subnet it : state.subnetsOf(network.id())) {
      BigInteger size =
          it.pools().stream().map(AddressRange::size).reduce(BigInteger.ZERO, BigInteger::add);
      long taken = taken(state, it.id());
      total = total.add(size);
      used += taken;
      subnets
          .addObject()
          .put("subnet_id", it.id().toString())
          .put("ip_version", it.cidr().version())
          .put("cidr", it.cidr().toString())
          .put("subnet_name", it.meta().name())
          .put("used_ips", taken)
          .put("total_ips", size);
    }
    return json.put("used_ips", used).put("total_ips", total);
  }

  private static long taken(NetworkState state, UUID subnet) {
    return state.floatingIps().filter(it -> it.subnet().equals(subnet)).count()
        + state
            .ports()
            .flatMap(it -> it.fixedIps().stream())
            .filter(it -> it.subnet().equals(subnet))
            .count();
  }

  /// A list of what there is none of: this program does itself what agents do elsewhere.
  static Reply none(String collection) {
    ObjectNode body = Json.object();
    body.putArray(collection);
    return Reply.json(200, body);
  }
}
