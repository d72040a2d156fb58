/// The trees as they are now: in memory for readers, in the store for ever. Start at
/// [agrippa.control.ledger.Ledger].
@NullMarked
package agrippa.control.ledger;

import org.jspecify.annotations.NullMarked;
