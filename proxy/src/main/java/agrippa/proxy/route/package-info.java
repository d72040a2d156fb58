/// Which requests go where; start at [agrippa.proxy.route.Router].
@NullMarked
package agrippa.proxy.route;

import org.jspecify.annotations.NullMarked;
