package agrippa.proxy.transport.epoll;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.DatagramPort;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What a loop needs for many datagrams: few calls, and no garbage.
@EnabledOnOs(OS.LINUX)
class EpollStreamsTest {
  private static final int SECONDS = 60;
  private static final int BURST = 30;

  private EpollLoop loop;
  private DatagramPort port;
  private InetSocketAddress at;
  private DatagramSocket client;

  @BeforeEach
  void start() throws Exception {
    loop = EpollLoop.start("streams-test");
    InetAddress host = InetAddress.ofLiteral("127.0.0.1");
    at =
        on(
            () -> {
              port =
                  loop.datagrams(
                      new InetSocketAddress(host, 0),
                      (datagram, from) -> port.send(datagram, from));
              return port.local();
            });
    client = new DatagramSocket(new InetSocketAddress(host, 0));
    client.setSoTimeout(SECONDS * 1000);
  }

  @AfterEach
  void stop() {
    client.close();
    loop.close();
  }

  private <T> T on(Callable<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(work.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(SECONDS, TimeUnit.SECONDS);
  }

  private void sends(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      client.send(new DatagramPacket(new byte[100], 100, at));
    }
  }

  private void hears(int count) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[200], 200);
    for (int i = 0; i < count; i++) {
      client.receive(packet);
      assertThat(packet.getLength()).isEqualTo(100);
      packet.setLength(200);
    }
  }

  private long calls() throws Exception {
    return on(() -> loop.inbox().calls() + loop.outbox().calls());
  }

  @Test
  void whatCameAtOnceIsAnsweredAtOnce() throws Exception {
    long before = calls();

    // The loop is busy with sending, so that it finds all of it together.
    on(
        () -> {
          sends(BURST);
          return true;
        });
    hears(BURST);

    assertThat(calls() - before).isEqualTo(2);
  }

  /// The kernel is asked to join what comes once a stream of it came.
  @Test
  void aStreamComesInFewCalls() throws Exception {
    on(
        () -> {
          sends(BURST);
          return true;
        });
    hears(BURST);
    long before = on(() -> loop.inbox().calls());

    on(
        () -> {
          // As many as one call takes: each is twenty, joined.
          streams(Inbox.CAPACITY - 2, 20);
          return true;
        });
    // What came before is done when this is answered.
    sends(1);
    hears(1);

    assertThat(on(() -> loop.inbox().calls()) - before).isLessThan(5);
  }

  /// Sends messages that the kernel cuts, if it has to.
  private void streams(int messages, int datagrams) {
    try (Arena arena = Arena.ofConfined()) {
      Kernel kernel = new Kernel(arena);
      int fd = kernel.socket(Kernel.AF_INET, Kernel.SOCK_DGRAM);
      SocketAddress to = new SocketAddress(arena).set(at);
      assertThat(kernel.connect(fd, to)).isZero();
      assertThat(kernel.option(fd, Kernel.IPPROTO_UDP, Kernel.UDP_SEGMENT, 10)).isZero();
      long memory = arena.allocate(10L * datagrams).address();
      for (int i = 0; i < messages; i++) {
        assertThat(kernel.send(fd, memory, 10L * datagrams, 0)).isEqualTo(10L * datagrams);
      }
      kernel.close(fd);
    }
  }

  @Test
  void datagramsMakeNoGarbage() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = on(() -> Thread.currentThread().threadId());
    long allocated = Long.MAX_VALUE;
    int measured = 500 * BURST;
    // It is steady when all is compiled, which takes its time on a busy machine.
    for (int rounds = 0; rounds < 100 && allocated >= measured; rounds++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < measured; i += BURST) {
        sends(BURST);
        hears(BURST);
      }
      allocated = threads.getThreadAllocatedBytes(thread) - before;
    }

    assertThat(allocated / measured).as("bytes per datagram").isZero();
  }
}
