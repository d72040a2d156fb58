package agrippa.cloud.fabric;

import agrippa.web.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The programs that speak to the kernel: `ip` of iproute2, `nft` of nftables, `nsenter` of
/// util-linux and `sysctl` of procps.
final class Tools {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Pattern FAILED = Pattern.compile("Command failed -:(\\d{1,9})");

  private final Names names;

  Tools(Names names) {
    this.names = names;
  }

  /// What `ip` tells of a namespace.
  ///
  /// @param namespace its name, or [Names#OWN]
  JsonNode ask(String namespace, String... question) {
    List<String> command = ip(namespace);
    command.add("-json");
    command.addAll(List.of(question));
    Result result = run(command, "");
    if (result.status() != 0) {
      throw new FabricException(String.join(" ", command) + ": " + result.errors());
    }
    return Json.parse(
            result.output().isBlank()
                ? "[]".getBytes(StandardCharsets.UTF_8)
                : result.output().getBytes(StandardCharsets.UTF_8))
        .orElseThrow(() -> new FabricException(String.join(" ", command) + ": no JSON"));
  }

  /// Has `ip` do all of this, whatever fails in between.
  ///
  /// @return what failed, or nothing
  Optional<String> batch(String namespace, List<String> lines) {
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = ip(namespace);
    command.addAll(List.of("-force", "-batch", "-"));
    Result result = run(command, String.join("\n", lines) + "\n");
    return result.status() == 0 ? Optional.empty() : failures(result.errors(), lines);
  }

  /// What `ip` complains of, but for interfaces to be deleted that are gone: an end of a pair goes
  /// with the other one, and with its namespace.
  ///
  /// @param errors of each command that failed: texts, then the number of its line
  static Optional<String> failures(String errors, List<String> lines) {
    List<String> left = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (String line : errors.lines().toList()) {
      texts.add(line);
      Matcher end = FAILED.matcher(line);
      if (end.matches()) {
        int number = Integer.parseInt(end.group(1));
        if (number < 1 || number > lines.size() || !isGone(lines.get(number - 1), texts)) {
          left.addAll(texts);
        }
        texts.clear();
      }
    }
    left.addAll(texts);
    return left.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", left));
  }

  private static boolean isGone(String command, List<String> texts) {
    return command.startsWith("link del ") && texts.getFirst().startsWith("Cannot find device ");
  }

  private List<String> ip(String namespace) {
    List<String> command = new ArrayList<>(List.of("ip"));
    if (!namespace.equals(Names.OWN)) {
      command.addAll(List.of("-netns", names.full(namespace)));
    }
    return command;
  }

  /// Replaces Agrippa's table of a family, all of it at once.
  ///
  /// @param content of the table; empty for no table
  Optional<String> filter(String namespace, String family, String content) {
    String table = "table " + family + " " + Names.TABLE;
    String rules = "add " + table + "\ndelete " + table + "\n";
    if (!content.isEmpty()) {
      rules += table + " {\n" + content + "}\n";
    }
    List<String> command = within(namespace);
    command.addAll(List.of("nft", "-f", "-"));
    return complaint(run(command, rules));
  }

  /// Has a namespace pass packets on, or not.
  Optional<String> forwarding(String namespace, boolean on) {
    String value = on ? "1" : "0";
    List<String> command = within(namespace);
    command.addAll(
        List.of(
            "sysctl",
            "--quiet",
            "--ignore",
            "--write",
            "net.ipv4.ip_forward=" + value,
            "net.ipv6.conf.all.forwarding=" + value));
    return complaint(run(command, ""));
  }

  private List<String> within(String namespace) {
    return new ArrayList<>(List.of("nsenter", "--net=" + names.file(namespace)));
  }

  private static Optional<String> complaint(Result result) {
    return result.status() == 0 ? Optional.empty() : Optional.of(result.errors());
  }

  /// How a program ended, and what it wrote.
  record Result(int status, String output, String errors) {}

  private static Result run(List<String> command, String input) {
    return run(command, input, PATIENCE);
  }

  /// Runs a program to its end, or ends it.
  static Result run(List<String> command, String input, Duration patience) {
    ProcessBuilder builder = new ProcessBuilder(command);
    // These live where an ordinary user's path does not lead.
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      // What it writes is read to the end, which a hung one never reaches: this ends it.
      process
          .onExit()
          .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionally(_ -> killed(process));
      FutureTask<byte[]> errors = new FutureTask<>(() -> process.getErrorStream().readAllBytes());
      Thread.startVirtualThread(errors);
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended before it read all; its status and errors tell why.
      }
      byte[] output = process.getInputStream().readAllBytes();
      return new Result(process.waitFor(), text(output), text(errors.get()).strip());
    } catch (IOException e) {
      throw new FabricException(
          "cannot run " + command.getFirst() + ": is its package installed? " + e.getMessage(), e);
    } catch (ExecutionException e) {
      throw new FabricException("cannot read from " + command.getFirst(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FabricException("interrupted", e);
    }
  }

  private static Process killed(Process process) {
    return process.destroyForcibly();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
