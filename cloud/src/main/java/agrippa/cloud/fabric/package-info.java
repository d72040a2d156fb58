/// Networks as the kernel has them: bridges, pairs of virtual interfaces, network namespaces and
/// packet filters. Knows nothing of projects or REST. [agrippa.cloud.fabric.FabricPlan] says what
/// shall be, [agrippa.cloud.fabric.Fabric] makes it so.
@NullMarked
package agrippa.cloud.fabric;

import org.jspecify.annotations.NullMarked;
