/// A world made of maps, for tests of whatever needs a control plane.
@NullMarked
package agrippa.control.testing;

import org.jspecify.annotations.NullMarked;
