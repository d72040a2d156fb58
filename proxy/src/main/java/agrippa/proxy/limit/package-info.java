/// How much one client may have. Start at [ClientLimits].
@NullMarked
package agrippa.proxy.limit;

import org.jspecify.annotations.NullMarked;
