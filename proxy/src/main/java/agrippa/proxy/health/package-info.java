/// Whether endpoints are up; start at [agrippa.proxy.health.HealthChecker].
///
/// Probes are blocking code, each on a virtual thread of its own, and not on the event loops:
/// their TLS and their parsing then cost the traffic nothing, whatever an endpoint does stays
/// inside one short method, and a timeout is an interrupt, which ends a blocking socket operation
/// of a virtual thread at once. Their sockets are the JDK's.
///
/// A ping is an ICMP echo request through a raw socket of the JDK's if this process may open one
/// (root, or CAP_NET_RAW), else one run of the system's `ping` with a fixed argument list, which
/// has the privilege itself or uses an unprivileged ICMP socket if `net.ipv4.ping_group_range`
/// permits it. Without either, pings fail and say so.
@NullMarked
package agrippa.proxy.health;

import org.jspecify.annotations.NullMarked;
