/// What a proxy should do, as immutable data; start at [agrippa.proxy.plan.ProxyPlan]. Words of
/// this side of the wall: frontend, route, match, upstream, endpoint, check.
@NullMarked
package agrippa.proxy.plan;

import org.jspecify.annotations.NullMarked;
