/// Flavors, availability zones and their profiles: in memory for readers, in the store for ever.
/// Start at [agrippa.control.catalog.Shelves].
@NullMarked
package agrippa.control.catalog;

import org.jspecify.annotations.NullMarked;
