/// What a load balancer is, as immutable records in Octavia's words. Start at
/// [agrippa.model.LoadBalancerTree].
@NullMarked
package agrippa.model;

import org.jspecify.annotations.NullMarked;
