package agrippa.cloud.network;

import agrippa.control.Caller;
import tools.jackson.databind.node.ObjectNode;

/// The rules of one kind of resource. Refusals are [Fault]s.
interface Collection<R extends Resource> {
  Kind kind();

  R create(Draft draft, Caller caller, Form form);

  /// Changes what the caller may change.
  R update(Draft draft, Caller caller, R before, Form form);

  /// Removes what the caller may change.
  void delete(Draft draft, Caller caller, R it);

  /// As users see it.
  ObjectNode show(NetworkState state, Caller caller, R it);
}
