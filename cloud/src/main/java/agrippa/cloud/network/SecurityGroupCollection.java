package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Security groups.
final class SecurityGroupCollection implements Collection<SecurityGroup> {
  @Override
  public Kind kind() {
    return Kind.SECURITY_GROUP;
  }

  /// The `default` group of a project, made if there is none yet: everything may leave, and what is
  /// in the group may reach each other.
  static SecurityGroup ensureDefault(Draft draft, ProjectId project) {
    return defaultGroup(draft.state(), project)
        .orElseGet(
            () -> {
              SecurityGroup group =
                  new SecurityGroup(
                      draft.meta(project, SecurityGroup.DEFAULT, "Default security group"), true);
              draft.add(group);
              for (int version : new int[] {4, 6}) {
                draft.add(rule(draft, group, false, version, null));
                draft.add(rule(draft, group, true, version, group.id()));
              }
              return group;
            });
  }

  static Optional<SecurityGroup> defaultGroup(NetworkState state, ProjectId project) {
    return state
        .securityGroups()
        .filter(it -> it.project().equals(project))
        .filter(it -> it.meta().name().equals(SecurityGroup.DEFAULT))
        .findFirst();
  }

  private static SecurityGroupRule rule(
      Draft draft, SecurityGroup group, boolean ingress, int version, @Nullable UUID remote) {
    Meta meta = draft.meta(group.project(), "", "");
    return new SecurityGroupRule(
        meta, group.id(), ingress, version, null, null, null, null, null, remote);
  }

  @Override
  public SecurityGroup create(Draft draft, Caller caller, Form form) {
    ProjectId owner = Access.owner(caller, form);
    ensureDefault(draft, owner);
    SecurityGroup group = filled(new SecurityGroup(draft.meta(owner, "", ""), true), form);
    mustNotBeReserved(group);
    draft.add(group);
    draft.add(rule(draft, group, false, 4, null));
    draft.add(rule(draft, group, false, 6, null));
    return group;
  }

  @Override
  public SecurityGroup update(Draft draft, Caller caller, SecurityGroup before, Form form) {
    form.project();
    SecurityGroup after = filled(before, form);
    if (before.meta().name().equals(SecurityGroup.DEFAULT)
        && !after.meta().name().equals(SecurityGroup.DEFAULT)) {
      throw Fault.conflict(
          "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.");
    }
    if (!before.meta().name().equals(after.meta().name())) {
      mustNotBeReserved(after);
    }
    if (before.stateful() != after.stateful()) {
      mustNotBeUsed(draft.state(), before);
    }
    return draft.change(after);
  }

  private static void mustNotBeReserved(SecurityGroup group) {
    if (group.meta().name().equalsIgnoreCase(SecurityGroup.DEFAULT)) {
      throw Fault.conflict(
          "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
    }
  }

  private static void mustNotBeUsed(NetworkState state, SecurityGroup it) {
    if (state.ports().anyMatch(port -> port.securityGroups().contains(it.id()))) {
      throw Fault.conflict("SecurityGroupInUse", "Security Group " + it.id() + " in use.");
    }
  }

  private static SecurityGroup filled(SecurityGroup base, Form form) {
    Meta meta = base.meta();
    SecurityGroup group =
        new SecurityGroup(
            meta.labelled(
                form.text("name", meta.name()), form.text("description", meta.description())),
            form.flag("stateful", base.stateful()));
    form.end();
    return group;
  }

  @Override
  public void delete(Draft draft, Caller caller, SecurityGroup it) {
    if (it.meta().name().equals(SecurityGroup.DEFAULT) && !caller.admin()) {
      throw Fault.conflict(
          "SecurityGroupCannotRemoveDefault",
          "Insufficient rights for removing default security group.");
    }
    mustNotBeUsed(draft.state(), it);
    draft
        .state()
        .rules()
        .filter(rule -> rule.group().equals(it.id()) || it.id().equals(rule.remoteGroup()))
        .toList()
        .forEach(draft::remove);
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, SecurityGroup it) {
    ObjectNode json = it.json();
    ArrayNode rules = json.putArray("security_group_rules");
    state.rulesOf(it.id()).forEach(rule -> rules.add(SecurityGroupRuleCollection.json(rule)));
    return json;
  }
}
