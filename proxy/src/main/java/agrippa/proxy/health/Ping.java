package agrippa.proxy.health;

import agrippa.proxy.transport.NetworkNamespace;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/// A way to send an ICMP echo request. Waits for the reply as long as it was told when it was made,
/// less if it is interrupted.
sealed interface Ping {
  /// @throws IOException if no reply came
  void echo(InetAddress address, NetworkNamespace from) throws IOException, InterruptedException;

  /// The best that this process may do: see the package's description.
  ///
  /// @param seconds longest wait for a reply
  static Ping best(int seconds) {
    if (RawSocket.permitted()) {
      return new RawSocket(seconds);
    }
    return Program.find().<Ping>map(it -> new Program(it, seconds)).orElseGet(Impossible::new);
  }

  /// The JDK's own: a raw ICMP socket, where the operating system permits one. Without the
  /// privilege the JDK would quietly try TCP port 7 instead, which is no ping.
  ///
  /// @param seconds longest wait for a reply
  record RawSocket(int seconds) implements Ping {
    private static final int CAP_NET_RAW = 13;

    static boolean permitted() {
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
        return lines
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .anyMatch(capabilities -> (capabilities >>> CAP_NET_RAW & 1) == 1);
      } catch (IOException e) {
        // No such file: not Linux, where nobody knows.
        return false;
      }
    }

    /// On a platform thread: the JDK waits in native code, which would hold up other virtual
    /// threads.
    @Override
    public void echo(InetAddress address, NetworkNamespace from)
        throws IOException, InterruptedException {
      FutureTask<Boolean> echo =
          new FutureTask<>(() -> from.within(() -> address.isReachable(seconds * 1_000)));
      Thread.ofPlatform().daemon().name("ping").start(echo);
      try {
        if (!echo.get()) {
          throw new IOException("no echo reply");
        }
      } catch (ExecutionException e) {
        throw new IOException("cannot ping", e);
      }
    }
  }

  /// The system's program; addresses are the only argument that varies, and are never names.
  ///
  /// @param seconds longest wait for a reply
  record Program(String path, int seconds) implements Ping {
    static Optional<String> find() {
      return Stream.of("/usr/bin/ping", "/bin/ping", "/usr/sbin/ping", "/sbin/ping")
          .filter(path -> new File(path).canExecute())
          .findFirst();
    }

    @Override
    public void echo(InetAddress address, NetworkNamespace from)
        throws IOException, InterruptedException {
      // Not by a thread that is in the namespace: the JDK's thread that waits for processes might
      // begin there, and wake others.
      Process process =
          new ProcessBuilder(arguments(address, from))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        if (process.waitFor() != 0) {
          throw new IOException("no echo reply");
        }
      } finally {
        process.destroyForcibly();
      }
    }

    /// Where it is not this process's own, `nsenter` of util-linux goes to the namespace.
    List<String> arguments(InetAddress address, NetworkNamespace from) {
      List<String> arguments = new ArrayList<>();
      if (from != NetworkNamespace.OWN) {
        arguments.addAll(List.of("nsenter", "--net=" + from));
      }
      String wait = Integer.toString(seconds);
      arguments.addAll(List.of(path, "-q", "-n", "-c", "1", "-w", wait, address.getHostAddress()));
      return arguments;
    }
  }

  /// Neither is there.
  record Impossible() implements Ping {
    @Override
    public void echo(InetAddress address, NetworkNamespace from) throws IOException {
      throw new IOException("this process may not ping: no CAP_NET_RAW and no ping program");
    }
  }
}
