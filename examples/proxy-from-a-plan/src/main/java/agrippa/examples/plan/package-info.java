/// A proxy from a plan file; start at [agrippa.examples.plan.ProxyFromAPlan].
@NullMarked
package agrippa.examples.plan;

import org.jspecify.annotations.NullMarked;
