/// The only door to load balancers: [agrippa.control.ControlPlane] writes,
/// [agrippa.control.Inventory] reads.
@NullMarked
package agrippa.control;

import org.jspecify.annotations.NullMarked;
