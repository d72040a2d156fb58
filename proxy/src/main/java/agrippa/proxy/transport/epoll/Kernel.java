package agrippa.proxy.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Linux system calls, as one thread uses them. Results are as in C, but failures are the negative
/// error number. Addresses are plain numbers: callers pass addresses inside buffers that they hold.
///
/// The numbers of constants are the same on x86-64 and aarch64, and so are all layouts but that of
/// `struct epoll_event`, which is packed on x86-64 only.
final class Kernel {
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EINVAL = 22;
  static final int EMFILE = 24;
  static final int ENFILE = 23;
  static final int ENOSPC = 28;
  static final int EMSGSIZE = 90;
  static final int EADDRNOTAVAIL = 99;
  static final int ECONNRESET = 104;
  static final int ENOBUFS = 105;
  static final int ECONNREFUSED = 111;
  static final int EINPROGRESS = 115;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int NONBLOCK = 0x800;
  static final int CLOEXEC = 0x80000;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_MORE = 0x8000;
  static final int SHUT_WR = 1;

  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int SO_ERROR = 4;
  static final int SO_RCVBUF = 8;
  static final int SO_LINGER = 13;
  static final int SO_REUSEPORT = 15;
  static final int IPPROTO_TCP = 6;
  static final int TCP_NODELAY = 1;
  static final int IPPROTO_UDP = 17;
  static final int UDP_SEGMENT = 103;
  static final int UDP_GRO = 104;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_V6ONLY = 26;

  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int EPOLLIN = 1;
  static final int EPOLLOUT = 4;
  static final int EPOLLERR = 8;
  static final int EPOLLHUP = 0x10;
  static final int EPOLLRDHUP = 0x2000;
  static final int EPOLLET = 1 << 31;

  private static final int SPLICE_F_MOVE = 1;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final int F_SETPIPE_SZ = 1031;

  private static final int INT_BYTES = 4;
  private static final int LINGER_BYTES = 8;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle EPOLL_CREATE1 = function("epoll_create1", INT, INT);
  private static final MethodHandle EPOLL_CTL = function("epoll_ctl", INT, INT, INT, INT, LONG);
  private static final MethodHandle EPOLL_WAIT = function("epoll_wait", INT, INT, LONG, INT, INT);
  private static final MethodHandle EVENTFD = function("eventfd", INT, INT, INT);
  private static final MethodHandle READ = function("read", LONG, INT, LONG, LONG);
  private static final MethodHandle WRITE = function("write", LONG, INT, LONG, LONG);
  private static final MethodHandle SOCKET = function("socket", INT, INT, INT, INT);
  private static final MethodHandle BIND = function("bind", INT, INT, LONG, INT);
  private static final MethodHandle LISTEN = function("listen", INT, INT, INT);
  private static final MethodHandle ACCEPT4 = function("accept4", INT, INT, LONG, LONG, INT);
  private static final MethodHandle CONNECT = function("connect", INT, INT, LONG, INT);
  private static final MethodHandle RECV = function("recv", LONG, INT, LONG, LONG, INT);
  private static final MethodHandle SEND = function("send", LONG, INT, LONG, LONG, INT);
  private static final MethodHandle RECVMMSG = function("recvmmsg", INT, INT, LONG, INT, INT, LONG);
  private static final MethodHandle SENDMMSG = function("sendmmsg", INT, INT, LONG, INT, INT);
  private static final MethodHandle SHUTDOWN = function("shutdown", INT, INT, INT);
  private static final MethodHandle CLOSE = function("close", INT, INT);
  private static final MethodHandle SETSOCKOPT =
      function("setsockopt", INT, INT, INT, INT, LONG, INT);
  private static final MethodHandle GETSOCKOPT =
      function("getsockopt", INT, INT, INT, INT, LONG, LONG);
  private static final MethodHandle GETSOCKNAME = function("getsockname", INT, INT, LONG, LONG);
  private static final MethodHandle SPLICE =
      function("splice", LONG, INT, LONG, INT, LONG, LONG, INT);
  private static final MethodHandle PIPE2 = function("pipe2", INT, LONG, INT);
  private static final MethodHandle FCNTL = variadic("fcntl", 2, INT, INT, INT, INT);

  /// Where calls of this thread leave their error number: never shared.
  private final MemorySegment errno;

  /// Small arguments and results: an option's value, an address and its length.
  private final MemorySegment small;

  Kernel(Arena arena) {
    this.errno = arena.allocate(Linker.Option.captureStateLayout());
    this.small = arena.allocate(64, 8);
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LIBC.findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LIBC.findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  private int result(int value) {
    return value >= 0 ? value : -errno.get(INT, 0);
  }

  private long result(long value) {
    return value >= 0 ? value : -errno.get(INT, 0);
  }

  /// A call that cannot throw did.
  private static AssertionError broken(Throwable e) {
    return new AssertionError("a system call is declared wrongly", e);
  }

  int epollCreate() {
    try {
      return result((int) EPOLL_CREATE1.invokeExact(errno, CLOEXEC));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int epollCtl(int epoll, int operation, int fd, long event) {
    try {
      return result((int) EPOLL_CTL.invokeExact(errno, epoll, operation, fd, event));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int epollWait(int epoll, long events, int most, int millis) {
    try {
      return result((int) EPOLL_WAIT.invokeExact(errno, epoll, events, most, millis));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int eventfd() {
    try {
      return result((int) EVENTFD.invokeExact(errno, 0, NONBLOCK | CLOEXEC));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Takes an eventfd's count back to zero.
  void drain(int eventfd) {
    try {
      long ignored = (long) READ.invokeExact(errno, eventfd, small.address(), 8L);
      assert ignored == 8 || ignored < 0;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Wakes who waits for an eventfd, from any thread.
  static void wake(int eventfd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      MemorySegment one = arena.allocateFrom(LONG, 1);
      long ignored = (long) WRITE.invokeExact(state, eventfd, one.address(), 8L);
      assert ignored == 8 || ignored < 0;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// @param type [#SOCK_STREAM] or [#SOCK_DGRAM]
  int socket(int family, int type) {
    try {
      return result((int) SOCKET.invokeExact(errno, family, type | NONBLOCK | CLOEXEC, 0));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int bind(int fd, SocketAddress address) {
    try {
      return result((int) BIND.invokeExact(errno, fd, address.address(), address.length()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int listen(int fd, int backlog) {
    try {
      return result((int) LISTEN.invokeExact(errno, fd, backlog));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Accepts a connection without blocking, and notes who made it.
  int accept(int fd, SocketAddress peer) {
    try {
      small.set(INT, 0, SocketAddress.CAPACITY);
      return result(
          (int)
              ACCEPT4.invokeExact(errno, fd, peer.address(), small.address(), NONBLOCK | CLOEXEC));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int connect(int fd, SocketAddress address) {
    try {
      return result((int) CONNECT.invokeExact(errno, fd, address.address(), address.length()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int localAddress(int fd, SocketAddress into) {
    try {
      small.set(INT, 0, SocketAddress.CAPACITY);
      return result((int) GETSOCKNAME.invokeExact(errno, fd, into.address(), small.address()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  long receive(int fd, long address, long length) {
    try {
      return result((long) RECV.invokeExact(errno, fd, address, length, 0));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// @param more [#MSG_MORE] or 0
  long send(int fd, long address, long length, int more) {
    try {
      return result((long) SEND.invokeExact(errno, fd, address, length, MSG_NOSIGNAL | more));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Takes what is there of so many datagrams.
  ///
  /// @param messages see [Messages]
  /// @return how many there were, or a failure
  int receiveMany(int fd, long messages, int most) {
    try {
      return result((int) RECVMMSG.invokeExact(errno, fd, messages, most, 0, 0L));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Sends so many datagrams until one meets an error, which is told only if it is the first.
  ///
  /// @param messages see [Messages]
  /// @return how many went, or a failure
  int sendMany(int fd, long messages, int count) {
    try {
      return result((int) SENDMMSG.invokeExact(errno, fd, messages, count, MSG_NOSIGNAL));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Moves bytes between a pipe and a socket inside the kernel.
  long splice(int from, int to, long length) {
    try {
      return result(
          (long)
              SPLICE.invokeExact(
                  errno, from, 0L, to, 0L, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// @return the reading end in the low and the writing end in the high 32 bits, or a failure
  long pipe() {
    try {
      int status = result((int) PIPE2.invokeExact(errno, small.address(), NONBLOCK | CLOEXEC));
      return status < 0 ? status : (long) small.get(INT, INT_BYTES) << 32 | small.get(INT, 0);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Asks for a pipe's capacity; the kernel may refuse a larger one.
  ///
  /// @return the capacity, or a failure
  int pipeCapacity(int fd, int bytes) {
    try {
      return result((int) FCNTL.invokeExact(errno, fd, F_SETPIPE_SZ, bytes));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int shutdownOutput(int fd) {
    try {
      return result((int) SHUTDOWN.invokeExact(errno, fd, SHUT_WR));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int close(int fd) {
    try {
      return result((int) CLOSE.invokeExact(errno, fd));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Closes a descriptor unless the call that should have made it failed.
  void closeIfOpen(int fd) {
    if (fd >= 0) {
      close(fd);
    }
  }

  int option(int fd, int level, int name, int value) {
    small.set(INT, 0, value);
    return option(fd, level, name, small.address(), INT_BYTES);
  }

  /// Makes the next close a reset.
  int lingerNot(int fd) {
    small.set(INT, 0, 1);
    small.set(INT, INT_BYTES, 0);
    return option(fd, SOL_SOCKET, SO_LINGER, small.address(), LINGER_BYTES);
  }

  private int option(int fd, int level, int name, long value, int length) {
    try {
      return result((int) SETSOCKOPT.invokeExact(errno, fd, level, name, value, length));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// What became of a connect: 0, or the negative error.
  int connectResult(int fd) {
    try {
      small.set(INT, INT_BYTES, INT_BYTES);
      int status =
          result(
              (int)
                  GETSOCKOPT.invokeExact(
                      errno,
                      fd,
                      SOL_SOCKET,
                      SO_ERROR,
                      small.address(),
                      small.address() + INT_BYTES));
      return status < 0 ? status : -small.get(INT, 0);
    } catch (Throwable e) {
      throw broken(e);
    }
  }
}
