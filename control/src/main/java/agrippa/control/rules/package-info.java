/// May this change happen, and what is the tree like afterwards? One file per resource, its
/// checks in Octavia's order and words. Rules look (through [agrippa.control.rules.World]) but
/// never touch. Start at [agrippa.control.rules.Rules].
@NullMarked
package agrippa.control.rules;

import org.jspecify.annotations.NullMarked;
