/// Sockets by Linux system calls through `java.lang.foreign`.
/// [agrippa.proxy.transport.epoll.EpollLoop] serves channels,
/// [agrippa.proxy.transport.epoll.Kernel] is the only class that knows system calls.
@NullMarked
package agrippa.proxy.transport.epoll;

import org.jspecify.annotations.NullMarked;
