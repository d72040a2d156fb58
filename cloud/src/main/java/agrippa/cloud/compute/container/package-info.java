/// Servers as containers: namespaces, an overlay over an image's root file system, few rights;
/// start at [agrippa.cloud.compute.container.ContainerDriver].
@NullMarked
package agrippa.cloud.compute.container;

import org.jspecify.annotations.NullMarked;
