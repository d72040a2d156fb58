/// State in SQL. Start at [agrippa.store.Database], which others share, and
/// [agrippa.store.SqlStateStore], which keeps load balancers in it.
@NullMarked
package agrippa.store;

import org.jspecify.annotations.NullMarked;
