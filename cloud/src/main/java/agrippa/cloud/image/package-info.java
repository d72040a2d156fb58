/// An image service: archives of root file systems that servers start from, with the face of Glance
/// v2; start at [agrippa.cloud.image.EmbeddedImages].
@NullMarked
package agrippa.cloud.image;

import org.jspecify.annotations.NullMarked;
