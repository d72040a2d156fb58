package agrippa.api.wire;

import agrippa.model.LoadBalancerTree;

/// Something of a tree together with what it hangs on, since answers tell of both.
///
/// @param parent its direct parent
/// @param it the thing itself
public record Part<P, T>(LoadBalancerTree tree, P parent, T it) {}
