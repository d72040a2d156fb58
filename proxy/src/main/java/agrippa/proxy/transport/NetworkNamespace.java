package agrippa.proxy.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// A world of network interfaces and addresses (Linux, `network_namespaces(7)`). A socket belongs
/// for life to the namespace that its thread was in when it was made, so a thread goes there, makes
/// the socket and comes back, which takes about a microsecond; what happens with the socket later
/// may happen anywhere.
public final class NetworkNamespace implements AutoCloseable {
  /// The process's own.
  public static final NetworkNamespace OWN = new NetworkNamespace(null, null, -1);

  private final @Nullable Path file;
  private final @Nullable Object identity;
  private final int descriptor;
  // Other threads than the loops' that use the descriptor. No lock: whoever lets go of one inside a
  // namespace may wake a virtual thread, whose carrier would begin, and stay, there.
  private final Users visitors;
  private volatile boolean closed;

  private NetworkNamespace(@Nullable Path file, @Nullable Object identity, int descriptor) {
    this.file = file;
    this.identity = identity;
    this.descriptor = descriptor;
    this.visitors = new Users(this::forget);
  }

  private void forget() {
    if (descriptor >= 0) {
      Calls.close(descriptor);
    }
  }

  /// @param file such as `/run/netns/NAME`, or null for the process's own
  /// @throws IOException if there is none, or this process may not enter it
  public static NetworkNamespace open(@Nullable Path file) throws IOException {
    if (file == null) {
      return OWN;
    }
    NetworkNamespace opened = new NetworkNamespace(file, identity(file), Calls.open(file));
    try {
      opened.within(() -> file);
      return opened;
    } catch (UncheckedIOException e) {
      opened.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /// Whether this is what the file leads to now: another namespace may have been made under its
  /// name.
  public boolean isAt(@Nullable Path other) {
    try {
      return Objects.equals(file, other) && (other == null || identity(other).equals(identity));
    } catch (IOException e) {
      return false;
    }
  }

  private static Object identity(Path file) throws IOException {
    return String.valueOf(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }

  /// Takes the calling thread there. For platform threads only, which must call [#leave] soon, and
  /// do nothing in between but make sockets: a virtual thread would take its carrier along.
  public void enter() {
    // After the end its descriptor's number may be another namespace's.
    if (descriptor >= 0 && (closed || !Calls.enter(descriptor))) {
      String message = "cannot enter the network namespace " + file + ": that takes CAP_SYS_ADMIN";
      throw new UncheckedIOException(message, new IOException(message));
    }
  }

  /// Takes the calling thread back. Ends the process if that fails: it must never go on in a
  /// tenant's network.
  public void leave() {
    if (descriptor >= 0 && !Calls.enter(Own.DESCRIPTOR)) {
      System.getLogger(NetworkNamespace.class.getName())
          .log(Level.ERROR, "cannot come back from the network namespace {0}", file);
      Runtime.getRuntime().halt(70);
    }
  }

  /// Does something there, and waits for it; for any thread, and what it throws is thrown on.
  ///
  /// @param call makes sockets, starts no thread and wakes none: the carrier of a virtual one might
  ///     begin there, and would stay
  public <T> T within(Call<T> call) throws IOException {
    if (descriptor < 0) {
      return call.call();
    }
    FutureTask<T> task = new FutureTask<>(() -> visit(call));
    Thread.ofPlatform().daemon().name("namespace").start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      switch (Objects.requireNonNull(e.getCause())) {
        case UncheckedIOException it -> throw new IOException(it.getMessage(), it);
        case IOException it -> throw it;
        case RuntimeException it -> throw it;
        case Error it -> throw it;
        default -> throw new IOException(e.getCause());
      }
    }
  }

  /// Something that is done in a namespace.
  public interface Call<T> {
    T call() throws IOException;
  }

  private <T> T visit(Call<T> call) throws IOException {
    if (!visitors.enter()) {
      throw new IOException("the network namespace " + file + " is no longer used");
    }
    try {
      enter();
      try {
        return call.call();
      } finally {
        leave();
      }
    } finally {
      visitors.leave();
    }
  }

  /// Sockets that were made there stay. To be called when no event loop will enter it any more.
  @Override
  public void close() {
    closed = true;
    visitors.close();
  }

  @Override
  public String toString() {
    return file == null ? "own" : file.toString();
  }

  /// Opened when it is first needed, and kept.
  private static final class Own {
    static final int DESCRIPTOR = descriptor();

    private static int descriptor() {
      try {
        return Calls.open(Path.of("/proc/self/ns/net"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Calls {
    private static final int CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = function("setns", INT, INT);
    private static final MethodHandle CLOSE = function("close", INT);

    private static MethodHandle function(String name, ValueLayout.OfInt... arguments) {
      return LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(INT, arguments));
    }

    static int open(Path file) throws IOException {
      int descriptor;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(file.toString());
        descriptor = (int) OPEN.invokeExact(name, CLOEXEC);
      } catch (Throwable e) {
        throw broken(e);
      }
      if (descriptor < 0) {
        throw new IOException("cannot open " + file);
      }
      return descriptor;
    }

    static boolean enter(int descriptor) {
      try {
        return (int) SETNS.invokeExact(descriptor, CLONE_NEWNET) == 0;
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    static void close(int descriptor) {
      try {
        int ignored = (int) CLOSE.invokeExact(descriptor);
        assert ignored == 0;
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    private static IllegalStateException broken(Throwable e) {
      return new IllegalStateException("a call into the C library failed", e);
    }
  }
}
