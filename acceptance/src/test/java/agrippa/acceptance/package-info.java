/// Tests as users: each starts the built program with `./agrippa` in a state folder of its own
/// and talks to it with real clients. [agrippa.acceptance.Program] is the program,
/// [agrippa.acceptance.Debian] the packages that the clients come from.
@NullMarked
package agrippa.acceptance;

import org.jspecify.annotations.NullMarked;
