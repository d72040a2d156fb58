/// What a proxied connection goes through, without sockets of its own: one class per kind of
/// connection. Start at [agrippa.proxy.session.Session].
@NullMarked
package agrippa.proxy.session;

import org.jspecify.annotations.NullMarked;
