/// The program's front door: its commands, its settings, and in [agrippa.launcher.Agrippa] every
/// object it is made of.
@NullMarked
package agrippa.launcher;

import org.jspecify.annotations.NullMarked;
