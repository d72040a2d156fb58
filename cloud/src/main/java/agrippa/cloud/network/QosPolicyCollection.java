package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import tools.jackson.databind.node.ObjectNode;

/// QoS policies. Admins alone make, change and remove them, as in Neutron.
final class QosPolicyCollection implements Collection<QosPolicy> {
  @Override
  public Kind kind() {
    return Kind.QOS_POLICY;
  }

  @Override
  public QosPolicy create(Draft draft, Caller caller, Form form) {
    ProjectId owner = Access.owner(caller, form);
    if (!caller.admin()) {
      throw Fault.forbidden("create_" + kind().singular());
    }
    QosPolicy policy = filled(new QosPolicy(draft.meta(owner, "", ""), false, false), form);
    if (policy.meta().name().isEmpty()) {
      throw Fault.badRequest("Failed to parse request. Required attribute 'name' not specified");
    }
    draft.add(policy);
    return policy;
  }

  @Override
  public QosPolicy update(Draft draft, Caller caller, QosPolicy before, Form form) {
    form.project();
    return draft.change(filled(before, form));
  }

  private static QosPolicy filled(QosPolicy base, Form form) {
    Meta meta = base.meta();
    QosPolicy policy =
        new QosPolicy(
            meta.labelled(
                form.text("name", meta.name()), form.text("description", meta.description())),
            form.flag("shared", base.shared()),
            form.flag("is_default", base.isDefault()));
    form.end();
    return policy;
  }

  @Override
  public void delete(Draft draft, Caller caller, QosPolicy it) {
    draft
        .state()
        .ports()
        .filter(port -> it.id().equals(port.qosPolicy()))
        .findFirst()
        .ifPresent(
            port -> {
              throw Fault.conflict(
                  "QosPolicyInUse",
                  "QoS Policy %s is used by port %s.".formatted(it.id(), port.id()));
            });
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, QosPolicy it) {
    return it.json();
  }
}
