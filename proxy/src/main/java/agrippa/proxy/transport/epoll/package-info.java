/// Sockets by Linux system calls through `java.lang.foreign`.
/// [agrippa.proxy.transport.epoll.EpollLoop] serves channels,
/// [agrippa.proxy.transport.epoll.Kernel] is the only class that knows system calls. Datagrams
/// come in through [agrippa.proxy.transport.epoll.Inbox] and go out through
/// [agrippa.proxy.transport.epoll.Outbox].
@NullMarked
package agrippa.proxy.transport.epoll;

import org.jspecify.annotations.NullMarked;
