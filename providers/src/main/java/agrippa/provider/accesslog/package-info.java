/// Lines about requests, connections and flows, for operators: start at [AccessLog]. A [Format]
/// makes a line of an entry of the proxy's journals, a [Target] takes it somewhere.
@NullMarked
package agrippa.provider.accesslog;

import org.jspecify.annotations.NullMarked;
