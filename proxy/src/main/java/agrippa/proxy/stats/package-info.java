/// What the proxy counts; start at [agrippa.proxy.stats.FrontendStats].
@NullMarked
package agrippa.proxy.stats;

import org.jspecify.annotations.NullMarked;
