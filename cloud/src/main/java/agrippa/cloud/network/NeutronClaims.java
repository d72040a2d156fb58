package agrippa.cloud.network;

import agrippa.cloud.network.ClaimJournal.Wish;
import agrippa.cloud.openstack.Answer;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.ServiceClient.Question;
import agrippa.control.spi.Networks.FixedIp;
import agrippa.control.spi.Networks.Port;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.Networks.VipWish;
import agrippa.control.spi.Networks.WishedAddress;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import agrippa.web.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Ports of a real Neutron that load balancers hold for their VIPs, found by their device id.
/// All of this may be done twice.
final class NeutronClaims {
  private final ServiceClient neutron;
  private final ClaimJournal journal;

  NeutronClaims(ServiceClient neutron, ClaimJournal journal) {
    this.neutron = neutron;
    this.journal = journal;
  }

  VipClaim claim(LoadBalancerId id, ProjectId project, VipWish wish) {
    journal.put(id, new Wish(wish.securityGroups(), wish.qosPolicy()));
    try {
      Optional<NeutronPort> held = held(id).stream().findFirst();
      PortId wanted = wish.port();
      NeutronPort port =
          held.isPresent()
              ? held.get()
              : wanted == null ? made(id, project, wish) : taken(id, wanted, wish);
      return claimed(port.port(), wish);
    } catch (NeutronRefusal e) {
      release(id);
      return e.addressInUse()
          ? new VipClaim.AddressInUse(e.detail())
          : new VipClaim.Failed(e.detail());
    }
  }

  /// Ports that a load balancer holds.
  private List<NeutronPort> held(LoadBalancerId id) {
    Answer answer = answered(Question.get("/ports?device_id=" + device(id)));
    return answer.json().path("ports").valueStream().map(NeutronPort::of).toList();
  }

  private static String device(LoadBalancerId id) {
    return "lb-" + id;
  }

  private NeutronPort made(LoadBalancerId id, ProjectId project, VipWish wish) {
    ObjectNode body = Json.object();
    ObjectNode port = body.putObject("port");
    port.put("name", "octavia-lb-" + id)
        .put("network_id", wish.network().toString())
        .put("admin_state_up", false)
        .put("device_id", device(id))
        .put("device_owner", NeutronPort.OCTAVIA)
        .put("project_id", project.value());
    ArrayNode addresses = port.putArray("fixed_ips");
    address(addresses.addObject(), wish.subnet(), wish.address());
    for (WishedAddress each : wish.additional()) {
      address(addresses.addObject(), each.subnet(), each.address());
    }
    give(port, new Wish(wish.securityGroups(), wish.qosPolicy()), new Wish(List.of(), null));
    return port(Question.of("POST", "/ports", body));
  }

  private static void address(ObjectNode into, SubnetId subnet, @Nullable String address) {
    into.put("subnet_id", subnet.toString());
    if (address != null) {
      into.put("ip_address", address);
    }
  }

  /// Takes a user's port. The owner tells a port that goes with its load balancer; this one does
  /// not. Somebody else may want it at the same time: the revision lets only one of us win.
  private NeutronPort taken(LoadBalancerId id, PortId wanted, VipWish wish) {
    NeutronPort port = port(Question.get("/ports/" + wanted));
    if (!port.port().deviceId().isEmpty()) {
      throw new NeutronRefusal(
          "PortInUse",
          "Unable to complete operation on port %s for network %s. Port already has an attached device %s."
              .formatted(wanted, port.port().network(), port.port().deviceId()));
    }
    ObjectNode body = Json.object();
    ObjectNode change = body.putObject("port").put("device_id", device(id));
    if (port.made()) {
      change.put("device_owner", "");
    }
    give(change, new Wish(wish.securityGroups(), wish.qosPolicy()), new Wish(List.of(), null));
    Question question = Question.of("PUT", port.path(), body);
    return port(
        port.revision().isPresent()
            ? question.with("If-Match", "revision_number=" + port.revision().getAsLong())
            : question);
  }

  /// Writes down what differs from what the port was given before.
  private static void give(ObjectNode port, Wish next, Wish last) {
    if (!next.groups().equals(last.groups())) {
      ArrayNode groups = port.putArray("security_groups");
      for (SecurityGroupId group : next.groups()) {
        groups.add(group.toString());
      }
    }
    if (next.qos() != null) {
      port.put("qos_policy_id", next.qos().toString());
    } else if (last.qos() != null) {
      port.putNull("qos_policy_id");
    }
  }

  private static VipClaim claimed(Port port, VipWish wish) {
    List<Vip.Additional> additional = new ArrayList<>();
    for (WishedAddress each : wish.additional()) {
      FixedIp held = held(port, each.subnet(), each.address());
      additional.add(new Vip.Additional(held.subnet(), held.address()));
    }
    FixedIp main = held(port, wish.subnet(), wish.address());
    return new VipClaim.Claimed(
        new Vip(
            main.address(),
            port.id(),
            wish.port() == null,
            wish.subnet(),
            port.network(),
            wish.qosPolicy(),
            wish.securityGroups()),
        additional);
  }

  private static FixedIp held(Port port, SubnetId subnet, @Nullable String address) {
    return port.fixedIps().stream()
        .filter(it -> it.subnet().equals(subnet))
        .filter(it -> address == null || Addresses.of(it.address()).equals(Addresses.of(address)))
        .findFirst()
        .map(it -> new FixedIp(subnet, Addresses.text(Addresses.of(it.address()))))
        .orElseThrow(
            () ->
                new NeutronRefusal(
                    "InvalidIpForSubnet",
                    "Port %s has no such address in subnet %s.".formatted(port.id(), subnet)));
  }

  /// Ports that were made for a VIP go with it; a user's is nobody's again.
  void release(LoadBalancerId id) {
    for (NeutronPort port : held(id)) {
      if (port.made()) {
        gone(Question.of("DELETE", port.path(), null));
      } else {
        ObjectNode body = Json.object();
        body.putObject("port").put("device_id", "");
        gone(Question.of("PUT", port.path(), body));
      }
    }
    journal.remove(id);
  }

  private void gone(Question question) {
    Answer answer = neutron.asService(question);
    if (!answer.ok() && answer.status() != 404) {
      throw new ServiceUnavailableException(
          "Neutron does not let go of %s: status %d".formatted(question.path(), answer.status()));
    }
  }

  /// Gives the port the VIP's groups and policy if those are others than last time. What users did
  /// to the port since then stays.
  void update(LoadBalancerId id, Vip vip) {
    Wish next = new Wish(vip.securityGroups(), vip.qosPolicy());
    Wish last = journal.of(id);
    if (next.equals(last)) {
      return;
    }
    ObjectNode body = Json.object();
    give(body.putObject("port"), next, last == null ? new Wish(List.of(), null) : last);
    Answer answer = neutron.asService(Question.of("PUT", "/ports/" + vip.port(), body));
    if (!answer.ok() && answer.status() != 404) {
      throw new ServiceUnavailableException(
          "Neutron does not change port %s: status %d".formatted(vip.port(), answer.status()));
    }
    journal.put(id, next);
  }

  Set<LoadBalancerId> all() {
    return journal.all();
  }

  private NeutronPort port(Question question) {
    return NeutronPort.of(answered(question).json().path("port"));
  }

  /// @throws NeutronRefusal if Neutron says why not
  private Answer answered(Question question) {
    Answer answer = neutron.asService(question);
    if (answer.ok()) {
      return answer;
    }
    JsonNode error = answer.json().path("NeutronError");
    String message = error.path("message").asString("");
    if (message.isEmpty()) {
      message = "Neutron answers with status " + answer.status() + ".";
    }
    throw new NeutronRefusal(error.path("type").asString(""), message);
  }
}
