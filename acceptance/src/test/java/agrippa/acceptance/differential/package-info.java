/// Answers compared with a real Octavia's. Start at [agrippa.acceptance.differential.Corpus], which
/// reads what is asked; a [agrippa.acceptance.differential.Player] asks it of a
/// [agrippa.acceptance.differential.Cloud]; [agrippa.acceptance.differential.Recording] keeps what
/// Octavia said; [agrippa.acceptance.differential.Explanations] say which differences are meant.
@NullMarked
package agrippa.acceptance.differential;

import org.jspecify.annotations.NullMarked;
