/// Octavia's API, version 2, in front of the control plane. Start at [agrippa.api.OctaviaApi],
/// which has every route on one page.
@NullMarked
package agrippa.api;

import org.jspecify.annotations.NullMarked;
