package agrippa.proxy.transport;

import agrippa.proxy.transport.EventLoop.ServerChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A loop under test, driven from a test's thread.
final class LoopRig implements AutoCloseable {
  /// Far longer than anything takes: reached only by a failing test.
  static final int SECONDS = 60;

  final EventLoop loop;

  LoopRig(Transport transport) throws IOException {
    loop = transport.start("transport-test");
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  /// Does something on the loop's thread and waits for it.
  <T> T on(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(work.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return await(done);
  }

  void run(Runnable work) {
    on(
        () -> {
          work.run();
          return true;
        });
  }

  ServerChannel listen(Consumer<Channel> accepted) {
    return on(() -> loop.listen(loopback(), accepted));
  }

  /// A connection whose near end is in the test's hands and whose far end the loop serves.
  Socket connected(Consumer<Channel> accepted) throws IOException {
    CompletableFuture<Boolean> served = new CompletableFuture<>();
    ServerChannel server =
        listen(
            channel -> {
              accepted.accept(channel);
              served.complete(true);
            });
    Socket socket = socket(server.local());
    await(served);
    run(server::close);
    return socket;
  }

  static Socket socket(InetSocketAddress to) throws IOException {
    Socket socket = new Socket(to.getAddress(), to.getPort());
    socket.setSoTimeout(SECONDS * 1000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  static <T> T await(Future<T> future) {
    try {
      return future.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("failed on the loop", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("did not happen in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
