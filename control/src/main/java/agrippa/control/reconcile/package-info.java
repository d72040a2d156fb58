/// Makes the world match the trees, by level: the only input of a piece of work is which load
/// balancer is due. Start at [agrippa.control.reconcile.Reconciler];
/// [agrippa.control.reconcile.Settlement] and [agrippa.control.reconcile.StatusRollup] say what
/// statuses follow.
@NullMarked
package agrippa.control.reconcile;

import org.jspecify.annotations.NullMarked;
