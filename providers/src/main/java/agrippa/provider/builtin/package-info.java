/// Load balancers on Agrippa's own proxy; start at [agrippa.provider.builtin.BuiltinProvider].
/// Words change here: a listener becomes a frontend, a pool an upstream, a member an endpoint, a
/// health monitor a check, an L7 policy a route, an L7 rule a match.
@NullMarked
package agrippa.provider.builtin;

import org.jspecify.annotations.NullMarked;
