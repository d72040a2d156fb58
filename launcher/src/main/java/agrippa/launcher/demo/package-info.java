/// The demonstration: a user of the public API, nothing more. Read [agrippa.launcher.demo.Demo]
/// from top to bottom.
@NullMarked
package agrippa.launcher.demo;

import org.jspecify.annotations.NullMarked;
