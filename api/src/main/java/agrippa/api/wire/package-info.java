/// Octavia's JSON, both ways. A [agrippa.api.wire.Schema] reads what a request says with the words
/// and the leniency of WSME, Octavia's framework; a [agrippa.api.wire.Shape] lists what an answer
/// shows. Each resource has one file that holds both: start at [agrippa.api.wire.PoolJson].
@NullMarked
package agrippa.api.wire;

import org.jspecify.annotations.NullMarked;
