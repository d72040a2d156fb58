/// Who may do what: Octavia's rules, in oslo.policy's language, and an operator's own over them.
/// Start at [agrippa.control.access.Policy].
@NullMarked
package agrippa.control.access;

import org.jspecify.annotations.NullMarked;
