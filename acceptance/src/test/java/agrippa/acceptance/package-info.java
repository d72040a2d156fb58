/// Tests as users: each starts the built program with `./agrippa` in a state folder of its own
/// and talks to it with real clients. [agrippa.acceptance.Program] is the program,
/// [agrippa.acceptance.Debian] the packages that the clients come from. Clients that are not there
/// to be run have their requests written out, for a [agrippa.acceptance.Tenant] to send.
@NullMarked
package agrippa.acceptance;

import org.jspecify.annotations.NullMarked;
