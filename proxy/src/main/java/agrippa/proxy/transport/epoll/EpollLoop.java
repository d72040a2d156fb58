package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.CopyPump;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Loop;
import agrippa.proxy.transport.Pump;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An event loop on `epoll`, edge-triggered. A channel is registered once, for both directions,
/// when it first has to wait: a short connection may never be.
public final class EpollLoop extends Loop {
  private static final int MOST_EVENTS = 512;

  private static final String X86_64 = "amd64";
  private static final String AARCH64 = "aarch64";

  /// `struct epoll_event` is packed on x86-64 and aligned elsewhere.
  private static final boolean PACKED = X86_64.equals(System.getProperty("os.arch"));

  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int DATA_AT = PACKED ? 4 : 8;
  private static final ValueLayout.OfLong DATA = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt EVENTS = ValueLayout.JAVA_INT;

  /// Marks the eventfd among the events: descriptors are never negative.
  private static final long WAKE = -1L;

  /// Spare pipes: a pump needs one only while it is called, or while its sink is slow.
  private static final int FREE_PIPES = 16;

  private final Arena arena;
  private final Kernel kernel;
  private final SocketAddress address;
  private final MemorySegment events;
  private final MemorySegment event;
  private final int epoll;
  private final int eventfd;
  private final Object waking = new Object();

  /// Guarded by `waking`: once closed, the eventfd's number may be somebody else's.
  private boolean wakeable = true;

  private @Nullable Polled[] byDescriptor = new @Nullable Polled[256];
  private int generation;
  private int turns;
  private final ArrayDeque<Pipe> pipes = new ArrayDeque<>();
  private final ArrayDeque<EpollChannel> unwatched = new ArrayDeque<>();
  // Made for the first socket for datagrams: most loops have none.
  private @Nullable Inbox inbox;
  private @Nullable Outbox outbox;

  @SuppressWarnings("MustBeClosedChecker") // The arena is closed with the loop.
  private EpollLoop(String name) throws IOException {
    super(name);
    this.arena = Arena.ofShared();
    this.kernel = new Kernel(arena);
    this.address = new SocketAddress(arena);
    this.events = arena.allocate((long) MOST_EVENTS * EVENT_BYTES, 8);
    this.event = arena.allocate(EVENT_BYTES, 8);
    this.epoll = kernel.epollCreate();
    this.eventfd = kernel.eventfd();
    try {
      check("epoll_create1", epoll);
      check("eventfd", eventfd);
      check("epoll_ctl", add(eventfd, Kernel.EPOLLIN, WAKE));
    } catch (IOException e) {
      closeAll();
      throw e;
    }
  }

  /// Whether this machine has what the loop needs.
  public static boolean isAvailable() {
    String processor = System.getProperty("os.arch");
    if (!"Linux".equals(System.getProperty("os.name"))
        || !(X86_64.equals(processor) || AARCH64.equals(processor))) {
      return false;
    }
    try {
      start("epoll-probe").close();
      return true;
    } catch (IOException | LinkageError | RuntimeException e) {
      System.getLogger(EpollLoop.class.getName()).log(Level.DEBUG, "epoll cannot be used", e);
      return false;
    }
  }

  /// @throws IOException if the kernel refuses
  public static EpollLoop start(String name) throws IOException {
    EpollLoop loop = new EpollLoop(name);
    loop.begin();
    return loop;
  }

  private static int check(String call, int result) throws IOException {
    if (result < 0) {
      throw new IOException(call + ": error " + -result);
    }
    return result;
  }

  @Override
  protected void watchAll() {
    for (EpollChannel one = unwatched.poll(); one != null; one = unwatched.poll()) {
      one.watch();
    }
    sendDatagrams();
  }

  @Override
  protected void poll(long millis) throws IOException {
    int wait = (int) Math.min(millis, Integer.MAX_VALUE);
    int count = kernel.epollWait(epoll, events.address(), MOST_EVENTS, wait);
    woke();
    turns++;
    if (count < 0 && count != -Kernel.EINTR) {
      throw new IOException("epoll_wait: error " + -count);
    }
    for (int i = 0; i < count; i++) {
      long at = (long) i * EVENT_BYTES;
      long data = events.get(DATA, at + DATA_AT);
      if (data == WAKE) {
        kernel.drain(eventfd);
        continue;
      }
      Polled polled = byDescriptor[(int) data];
      // A descriptor that was closed and used again in this turn has another generation.
      if (polled != null && polled.generation() == (int) (data >>> 32)) {
        polled.arm(events.get(EVENTS, at));
        serve(polled);
      }
    }
    // Not later: what else is to be done in this turn is not theirs.
    sendDatagrams();
  }

  private void sendDatagrams() {
    if (outbox != null) {
      outbox.flush();
    }
  }

  /// Something that epoll watches: its events are noted first, then it is run.
  interface Polled extends Runnable {
    int generation();

    void arm(int epollEvents);

    /// Closes it because the loop ends.
    void end();
  }

  @Override
  protected void wakeUp() {
    synchronized (waking) {
      if (wakeable) {
        Kernel.wake(eventfd);
      }
    }
  }

  @Override
  protected void closeAll() {
    List<@Nullable Polled> all = new ArrayList<>(Arrays.asList(byDescriptor));
    for (Polled polled : all) {
      if (polled != null) {
        polled.end();
      }
    }
    pipes.forEach(pipe -> pipe.close(kernel));
    synchronized (waking) {
      wakeable = false;
      kernel.closeIfOpen(eventfd);
    }
    kernel.closeIfOpen(epoll);
    arena.close();
  }

  Kernel kernel() {
    return kernel;
  }

  /// Makes something known by its descriptor.
  ///
  /// @return its generation
  int enter(int fd, Polled polled) {
    if (fd >= byDescriptor.length) {
      byDescriptor = Arrays.copyOf(byDescriptor, Math.max(fd + 1, byDescriptor.length * 2));
    }
    byDescriptor[fd] = polled;
    // Stays positive, so that no event looks like WAKE.
    generation = generation + 1 & Integer.MAX_VALUE;
    return generation;
  }

  void leave(int fd) {
    byDescriptor[fd] = null;
  }

  /// @return whether the kernel had room for one more
  boolean watch(int fd, int epollEvents, int entered) {
    int status = add(fd, epollEvents, (long) entered << 32 | fd);
    if (status < 0) {
      System.getLogger(EpollLoop.class.getName())
          .log(Level.WARNING, "epoll_ctl: error " + -status + "; a connection is given up");
    }
    return status >= 0;
  }

  void watchBeforeWaiting(EpollChannel channel) {
    unwatched.add(channel);
  }

  void unwatch(int fd) {
    kernel.epollCtl(epoll, Kernel.EPOLL_CTL_DEL, fd, event.address());
  }

  private int add(int fd, int epollEvents, long data) {
    event.set(EVENTS, 0, epollEvents);
    event.set(DATA, DATA_AT, data);
    return kernel.epollCtl(epoll, Kernel.EPOLL_CTL_ADD, fd, event.address());
  }

  /// The loop's one native address, for the next call only.
  SocketAddress address() {
    return address;
  }

  void soon(Runnable work) {
    later(work);
  }

  /// Does something on behalf of a session, whose failure harms no other.
  void guarded(Runnable work) {
    serve(work);
  }

  /// Counts how often events were served.
  int turns() {
    return turns;
  }

  /// Where datagrams come in.
  Inbox inbox() {
    Inbox made = inbox;
    if (made == null) {
      made = new Inbox(kernel, arena);
      inbox = made;
    }
    return made;
  }

  /// Where datagrams go out.
  Outbox outbox() {
    Outbox made = outbox;
    if (made == null) {
      made = new Outbox(kernel, arena, segmenting());
      outbox = made;
    }
    return made;
  }

  /// Whether the kernel cuts messages into datagrams: since Linux 4.18.
  private boolean segmenting() {
    int fd = kernel.socket(Kernel.AF_INET, Kernel.SOCK_DGRAM);
    boolean known = fd >= 0 && kernel.option(fd, Kernel.IPPROTO_UDP, Kernel.UDP_SEGMENT, 0) >= 0;
    kernel.closeIfOpen(fd);
    return known;
  }

  @Override
  public Channel connect(
      InetSocketAddress to,
      @Nullable TlsContext tls,
      @Nullable String serverName,
      Handler handler) {
    return tls == null
        ? EpollChannel.connect(this, to, handler)
        : tls.connect(this, to, serverName, handler);
  }

  @Override
  public ServerChannel listen(InetSocketAddress at, Consumer<Channel> accepted) throws IOException {
    return EpollServerChannel.listen(this, at, accepted);
  }

  @Override
  public DatagramPort datagrams(InetSocketAddress at, DatagramPort.Handler handler)
      throws IOException {
    return EpollDatagramPort.open(this, at, handler);
  }

  @Override
  public @Nullable DatagramLink link(InetSocketAddress to, DatagramLink.Handler handler) {
    return EpollDatagramLink.open(this, to, handler);
  }

  @Override
  public Pump pump(Channel from, Channel to) {
    return from instanceof EpollChannel source && to instanceof EpollChannel sink
        ? new SplicePump(this, source, sink)
        : new CopyPump(this, from, to);
  }

  /// An empty pipe, or null if the system has none left.
  @Nullable Pipe borrowPipe() {
    Pipe pipe = pipes.poll();
    return pipe != null ? pipe : Pipe.open(kernel);
  }

  /// @param pipe empty
  void giveBack(Pipe pipe) {
    if (pipes.size() < FREE_PIPES) {
      pipes.push(pipe);
    } else {
      pipe.close(kernel);
    }
  }
}
