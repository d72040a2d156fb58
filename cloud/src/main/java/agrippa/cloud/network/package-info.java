/// The embedded network service: Neutron's REST face over networks that need no privilege, since
/// their addresses appear on this machine's loopback network; start at
/// [agrippa.cloud.network.EmbeddedNetwork]. And the client of a real Neutron,
/// [agrippa.cloud.network.NeutronNetworks].
@NullMarked
package agrippa.cloud.network;

import org.jspecify.annotations.NullMarked;
