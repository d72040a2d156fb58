/// A compute service: servers, flavors and key pairs, with the face of Nova v2.1; start at
/// [agrippa.cloud.compute.EmbeddedCompute]. What runs a server is behind
/// [agrippa.cloud.compute.ServerDriver].
@NullMarked
package agrippa.cloud.compute;

import org.jspecify.annotations.NullMarked;
