/// What was served, one [Entry] a request, connection or flow. Event loops write them and never
/// wait: each fills the ring of its own [Journal]. Somebody else reads them all through [Journals].
@NullMarked
package agrippa.proxy.journal;

import org.jspecify.annotations.NullMarked;
