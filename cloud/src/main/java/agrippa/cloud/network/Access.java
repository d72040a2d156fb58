package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.util.UUID;

/// Who may see and change what: admins everything, projects what is theirs, but for QoS policies,
/// which admins alone change. Networks may be seen
/// by others if they are shared or external, and their owners may do as they like with what is in
/// them.
final class Access {
  private Access() {}

  static boolean sees(Caller caller, NetworkState state, Resource it) {
    return switch (it) {
      case Network network -> sees(caller, network);
      case Subnet subnet ->
          caller.mayUse(subnet.project()) || sees(caller, state.networkOf(subnet));
      case Port port -> changes(caller, state, port);
      case SubnetPool pool -> caller.mayUse(pool.project()) || pool.shared();
      case QosPolicy policy -> caller.mayUse(policy.project()) || policy.shared();
      case Router _, FloatingIp _, SecurityGroup _, SecurityGroupRule _ ->
          caller.mayUse(it.project());
    };
  }

  private static boolean sees(Caller caller, Network network) {
    return caller.mayUse(network.project()) || network.shared() || network.external();
  }

  static boolean changes(Caller caller, NetworkState state, Resource it) {
    if (it instanceof QosPolicy) {
      return caller.admin();
    }
    return caller.mayUse(it.project())
        || switch (it) {
          case Subnet subnet -> owns(caller, state, subnet.network());
          case Port port -> owns(caller, state, port.network());
          case Network _,
              Router _,
              FloatingIp _,
              SecurityGroup _,
              SecurityGroupRule _,
              SubnetPool _,
              QosPolicy _ ->
              false;
        };
  }

  private static boolean owns(Caller caller, NetworkState state, UUID network) {
    return state.network(network).filter(it -> caller.mayUse(it.project())).isPresent();
  }

  /// The network of this id, if the caller sees it.
  ///
  /// @throws Fault if there is none
  static Network network(Caller caller, NetworkState state, UUID id) {
    return state
        .network(id)
        .filter(it -> sees(caller, it))
        .orElseThrow(() -> Fault.notFound(Kind.NETWORK, id));
  }

  /// Who owns something new: the caller's project, or the one that an admin names.
  static ProjectId owner(Caller caller, Form form) {
    ProjectId own = caller.project();
    ProjectId owner = form.project().orElse(own == null ? new ProjectId("") : own);
    if (owner.value().isEmpty()) {
      throw Fault.badRequest("A token without a project must say project_id.");
    }
    if (!caller.mayUse(owner)) {
      throw Fault.badRequest(
          "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges");
    }
    return owner;
  }

  /// Lets only admins say something.
  static void admin(Caller caller, Form form, String attribute, String rule) {
    if (form.has(attribute) && !caller.admin()) {
      throw Fault.forbidden(rule, attribute);
    }
  }
}
