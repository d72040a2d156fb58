package agrippa.proxy.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One thread that serves many channels. Only [#execute] may be called from other threads.
public interface EventLoop extends Executor, AutoCloseable {
  /// Free bytes in front of the scratch buffer's content.
  int SCRATCH_FRONT = 16 * 1024;

  /// Bytes that one read into the scratch buffer may take.
  int SCRATCH_ROOM = 64 * 1024;

  /// Runs a task on the loop's thread, soon, even if the loop is just ending. Any thread may call
  /// it.
  ///
  /// @throws java.util.concurrent.RejectedExecutionException if the loop has ended
  @Override
  void execute(Runnable task);

  /// Milliseconds on a clock that never goes back, read once a turn.
  long now();

  /// A buffer that all channels of this loop share, with room for a larger head in front. It is
  /// empty when a handler is called; the handler may use it until it returns.
  Buffer scratch();

  /// Starts a connection; `handler` hears [Handler#connected] or [Handler#connectFailed], never
  /// within this call.
  ///
  /// @param tls how to encrypt it, or null for a plain one
  /// @param serverName SNI to send, or null
  Channel connect(
      InetSocketAddress to, @Nullable TlsContext tls, @Nullable String serverName, Handler handler);

  /// Listens, sharing the address with other loops (SO_REUSEPORT).
  ///
  /// @param accepted given each new connection, established but for TLS; it sets a handler at once
  /// @throws IOException if the address cannot be bound
  ServerChannel listen(InetSocketAddress at, Consumer<Channel> accepted) throws IOException;

  /// Receives datagrams at an address, sharing it with other loops (SO_REUSEPORT): those of one
  /// peer all come to the same loop.
  ///
  /// @param at not a wildcard: answers could not tell where they must come from
  /// @throws IOException if the address cannot be bound
  DatagramPort datagrams(InetSocketAddress at, DatagramPort.Handler handler) throws IOException;

  /// Opens a socket for datagrams to and from one peer.
  ///
  /// @param handler never called within this call
  /// @return null if the system has no socket or port left
  @Nullable DatagramLink link(InetSocketAddress to, DatagramLink.Handler handler);

  /// Puts the server side of TLS over a channel that was just accepted: `established` is called
  /// with the channel to use instead, once the handshake is done. A failed handshake closes the
  /// channel and calls `failed`.
  default void startTls(
      Channel plain, TlsContext tls, Consumer<Channel> established, Runnable failed) {
    tls.accept(plain, established, failed);
  }

  /// A deadline that is cheap to move: setting it writes one field.
  Deadline deadline(Runnable expired);

  /// Something that moves bytes from one channel to another.
  Pump pump(Channel from, Channel to);

  /// A buffer of the loop's own store, empty, of [#SCRATCH_ROOM] bytes.
  Buffer borrow();

  /// Takes back what [#borrow] gave.
  void giveBack(Buffer buffer);

  /// Ends the loop's thread and closes all its channels, from any other thread; waits for that.
  @Override
  void close();

  /// An accepting socket of one loop.
  interface ServerChannel {
    InetSocketAddress local();

    /// Leaves new connections in the kernel's queue.
    void pause();

    void resume();

    void close();
  }

  /// A point in time at which something gives up.
  interface Deadline {
    /// Moves the deadline to `millis` from now.
    void in(long millis);

    void cancel();
  }

  /// Server or client settings of TLS, made by an engine once per plan: see `agrippa.proxy.tls`.
  ///
  /// TLS is a [Channel] over a [Channel], so loops need not know it: they only pass on.
  interface TlsContext extends AutoCloseable {
    /// Connects a plain channel by the loop's own [EventLoop#connect] and puts the client side of
    /// TLS over it. The returned channel is the encrypted one; `handler` hears of it alone.
    ///
    /// @param serverName SNI to send, or null
    Channel connect(
        EventLoop loop, InetSocketAddress to, @Nullable String serverName, Handler handler);

    /// What [EventLoop#startTls] does.
    void accept(Channel plain, Consumer<Channel> established, Runnable failed);

    /// Takes no more connections; those under way go on, and the last one frees what it needs.
    @Override
    void close();
  }
}
