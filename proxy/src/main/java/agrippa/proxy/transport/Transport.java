package agrippa.proxy.transport;

import agrippa.proxy.transport.epoll.EpollLoop;
import agrippa.proxy.transport.nio.NioLoop;
import java.io.IOException;
import java.lang.System.Logger.Level;

/// A way to drive sockets.
public enum Transport {
  /// Linux system calls.
  EPOLL {
    @Override
    public EventLoop start(String name) throws IOException {
      return EpollLoop.start(name);
    }
  },
  /// The JDK's own sockets, on any system.
  NIO {
    @Override
    public EventLoop start(String name) throws IOException {
      return NioLoop.start(name);
    }
  };

  /// Starts a loop with a thread of its own.
  ///
  /// @param name of the thread
  /// @throws IOException if the system refuses what a loop needs
  public abstract EventLoop start(String name) throws IOException;

  /// The fastest one that works on this machine.
  public static Transport best() {
    if (EpollLoop.isAvailable()) {
      return EPOLL;
    }
    System.getLogger(Transport.class.getName())
        .log(Level.INFO, "epoll is not available here; using the JDK's sockets, which cost more");
    return NIO;
  }
}
