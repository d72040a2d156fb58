/// Sockets, buffers, timers and event loops; the only place besides `tls` that touches native
/// memory. Start at [agrippa.proxy.transport.EventLoop].
@NullMarked
package agrippa.proxy.transport;

import org.jspecify.annotations.NullMarked;
