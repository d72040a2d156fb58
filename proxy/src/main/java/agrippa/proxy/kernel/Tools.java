package agrippa.proxy.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The programs that speak to the kernel, `nft` of nftables and `conntrack`, in one network
/// namespace, where `nsenter` of util-linux takes them; and settings of that namespace. Each call
/// takes some milliseconds.
final class Tools {
  private static final long PATIENCE_SECONDS = 20;
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
  private static final Path SETTINGS = Path.of("/proc/sys/net");

  private final NetworkNamespace namespace;

  Tools(NetworkNamespace namespace) {
    this.namespace = namespace;
  }

  /// What is not on this machine, or nothing.
  static Optional<String> missing() {
    return Stream.of("nft", "conntrack", "nsenter")
        .filter(
            it ->
                Stream.of(PATH.split(":"))
                    .noneMatch(each -> Files.exists(Path.of(each).resolve(it))))
        .findFirst()
        .map(it -> it + " is not on this machine (Debian: nftables, conntrack, util-linux)");
  }

  /// Does all of this, or nothing.
  void transaction(String commands) throws IOException {
    succeed(run(List.of("nft", "-f", "-"), commands));
  }

  String counters() throws IOException {
    return succeed(run(List.of("nft", "list", "counters", "table", "inet", table()), ""));
  }

  private static String table() {
    return Ruleset.TABLE.substring(Ruleset.TABLE.indexOf(' ') + 1);
  }

  /// Everything that the kernel knows of connections.
  String connections() throws IOException {
    return succeed(run(List.of("conntrack", "--dump"), ""));
  }

  /// How many connections the kernel knows of, whatever became of them.
  int known() throws IOException {
    return Integer.parseInt(setting("netfilter/nf_conntrack_count"));
  }

  /// Ends connections: the kernel forgets them, and refuses their next packets.
  ///
  /// @param mark theirs, as far as the mask goes
  void end(int mark, int mask, boolean onlyDatagrams) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("conntrack", "--delete", "--mark", "0x%08x/0x%08x".formatted(mark, mask)));
    if (onlyDatagrams) {
      command.addAll(List.of("--proto", "udp"));
    }
    // Its status is 1 as well if there was none.
    Result result = run(command, "");
    if (result.status != 0 && !result.errors.contains("0 flow entries have been deleted")) {
      throw new IOException(command.getFirst() + ": " + result.errors);
    }
  }

  /// What a setting below `/proc/sys/net` is.
  String setting(String name) throws IOException {
    return namespace.within(() -> Files.readString(SETTINGS.resolve(name)).strip());
  }

  /// @throws IOException if the kernel has no such setting, or does not take it
  void set(String name, String value) throws IOException {
    namespace.within(() -> Files.writeString(SETTINGS.resolve(name), value));
  }

  private static String succeed(Result result) throws IOException {
    if (result.status != 0) {
      throw new IOException(result.errors);
    }
    return result.output;
  }

  private record Result(int status, String output, String errors) {}

  private Result run(List<String> command, String input) throws IOException {
    List<String> there = new ArrayList<>(List.of("nsenter", "--net=" + namespace));
    there.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(there);
    builder.environment().put("PATH", PATH);
    builder.environment().put("LC_ALL", "C");
    // Not by a thread that is in the namespace: it would make threads of the JDK's, which stay.
    Process process = builder.start();
    process
        .onExit()
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(_ -> process.destroyForcibly());
    FutureTask<byte[]> errors = new FutureTask<>(() -> process.getErrorStream().readAllBytes());
    Thread.startVirtualThread(errors);
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    } catch (IOException e) {
      // It ended before it read all; its status and errors tell why.
    }
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Result(process.waitFor(), output, new String(errors.get(), UTF_8).strip());
    } catch (ExecutionException e) {
      throw new IOException("cannot read from " + command.getFirst(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
