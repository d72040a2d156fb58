/// What the control plane needs from the world: where state is kept, who a token belongs to,
/// networks, secrets, and something that moves packets.
@NullMarked
package agrippa.control.spi;

import org.jspecify.annotations.NullMarked;
