package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Networks.
final class NetworkCollection implements Collection<Network> {
  private static final String PROVIDER = "provider:";
  private static final int ETHERNET_MTU = 1_500;
  private static final int LEAST_MTU = 68;
  private static final int MOST_MTU = 65_535;

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public Network create(Draft draft, Caller caller, Form form) {
    Meta meta = draft.meta(Access.owner(caller, form), "", "");
    Network plain = new Network(meta, true, false, false, false, true, ETHERNET_MTU);
    Network network = filled(plain, caller, form, "create_network");
    draft.add(network);
    return network;
  }

  @Override
  public Network update(Draft draft, Caller caller, Network before, Form form) {
    form.project();
    Network after = filled(before, caller, form, "update_network");
    if (before.shared() && !after.shared() && usedByOthers(draft.state(), before)) {
      throw Fault.conflict(
          "InvalidSharedSetting",
          "Unable to reconfigure sharing settings for network %s. Multiple tenants are using it."
              .formatted(before.id()));
    }
    if (before.external() && !after.external() && leadsOutside(draft.state(), before)) {
      throw Fault.conflict(
          "ExternalNetworkInUse",
          "External network %s cannot be updated to be made non-external, since it has existing gateway ports."
              .formatted(before.id()));
    }
    return draft.change(after);
  }

  private static Network filled(Network base, Caller caller, Form form, String rule) {
    for (String attribute : List.of("shared", "router:external", "is_default")) {
      Access.admin(caller, form, attribute, rule);
    }
    mustBeLocal(caller, form, rule);
    form.nothing("qos_policy_id", "QoS policy");
    // There are no availability zones to choose from.
    form.list("availability_zone_hints", List.of(), NetworkCollection::unknownZone);
    Network network =
        new Network(
            base.meta()
                .labelled(
                    form.text("name", base.meta().name()),
                    form.text("description", base.meta().description())),
            form.flag("admin_state_up", base.adminStateUp()),
            form.flag("shared", base.shared()),
            form.flag("router:external", base.external()),
            form.flag("is_default", base.isDefault()),
            form.flag("port_security_enabled", base.portSecurity()),
            form.number("mtu", base.mtu(), LEAST_MTU, MOST_MTU));
    form.end();
    return network;
  }

  /// Networks do not leave this machine, whatever an admin asks for.
  private static void mustBeLocal(Caller caller, Form form, String rule) {
    for (String name : List.of("network_type", "physical_network", "segmentation_id")) {
      Access.admin(caller, form, PROVIDER + name, rule);
    }
    String type = form.nullableText(PROVIDER + "network_type");
    if (type != null && !type.equals(Network.LOCAL)) {
      throw Fault.senseless("network_type value '" + type + "' not supported");
    }
    for (String name : List.of("physical_network", "segmentation_id")) {
      if (form.anything(PROVIDER + name) != null) {
        throw Fault.senseless(name + " prohibited for local provider network");
      }
    }
  }

  private static String unknownZone(JsonNode zone) {
    throw Fault.notFound(
        "AvailabilityZoneNotFound",
        "AvailabilityZone " + zone.asString("None") + " could not be found.");
  }

  private static boolean usedByOthers(NetworkState state, Network network) {
    ProjectId owner = network.project();
    return Stream.concat(state.ports(), state.subnets())
        .filter(it -> !it.project().equals(owner))
        .anyMatch(
            it ->
                switch (it) {
                  case Port port -> port.network().equals(network.id());
                  case Subnet subnet -> subnet.network().equals(network.id());
                  case Network _,
                      Router _,
                      FloatingIp _,
                      SecurityGroup _,
                      SecurityGroupRule _,
                      SubnetPool _,
                      QosPolicy _ ->
                      false;
                });
  }

  private static boolean leadsOutside(NetworkState state, Network network) {
    return state.floatingIps().anyMatch(it -> it.network().equals(network.id()))
        || state
            .routers()
            .anyMatch(it -> it.gateway() != null && it.gateway().network().equals(network.id()));
  }

  @Override
  public void delete(Draft draft, Caller caller, Network it) {
    String ports =
        Stream.concat(
                draft.state().ports().filter(port -> port.network().equals(it.id())),
                draft.state().floatingIps().filter(ip -> ip.network().equals(it.id())))
            .map(user -> user.id().toString())
            .collect(Collectors.joining(","));
    if (!ports.isEmpty()) {
      throw Fault.conflict(
          "NetworkInUse",
          "Unable to complete operation on network %s. There are one or more ports still in use on the network, id for these ports is: %s."
              .formatted(it.id(), ports));
    }
    draft.state().subnetsOf(it.id()).forEach(draft::remove);
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, Network it) {
    ObjectNode json = it.json();
    ArrayNode subnets = json.putArray("subnets");
    state.subnetsOf(it.id()).forEach(subnet -> subnets.add(subnet.id().toString()));
    if (!it.external()) {
      json.remove("is_default");
    }
    if (!caller.admin()) {
      json.remove(
          List.of(
              PROVIDER + "network_type",
              PROVIDER + "physical_network",
              PROVIDER + "segmentation_id"));
    }
    return json;
  }
}
