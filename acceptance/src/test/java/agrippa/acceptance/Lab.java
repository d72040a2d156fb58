package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A running `./agrippa lab`, as its user is in it: in its network namespace, where its public
/// network is reached, as the admin of its cloud.
final class Lab implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("Agrippa at (http://\\S+), state in .*");
  private static final Pattern ENTER =
      Pattern.compile(" *nsenter (--net=/run/netns/agrippa-lab-\\d+)");

  private final Process process;
  private final Path state;
  private final String url;
  private final String namespace;
  private final Map<String, String> environment;
  private final String token;

  private Lab(Process process, Path state, String url, String namespace)
      throws IOException, InterruptedException {
    this.process = process;
    this.state = state;
    this.url = url;
    this.namespace = namespace;
    this.environment = Program.environment(state);
    this.token = openstack("token", "issue").path("id").asString();
  }

  static Lab start(Path state) throws Exception {
    Debian.needRoot("only root may make networks and servers in the kernel");
    Debian.need(Map.of("/usr/sbin/ip", "iproute2", "/usr/bin/curl", "curl"));
    Debian.needOpenStackClient();
    Process process =
        new ProcessBuilder(command("lab", "--port", "0", "--state", state.toString()))
            .redirectError(state.resolveSibling("lab.log").toFile())
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String url = said(out, READY);
    String namespace = said(out, ENTER);
    Thread.ofVirtual().start(() -> out.lines().forEach(it -> {}));
    return new Lab(process, state, url, namespace);
  }

  private static String said(BufferedReader out, Pattern wanted) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = wanted.matcher(line);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    throw new IllegalStateException("the lab ended before it said " + wanted);
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Program.home().resolve("agrippa").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /// Runs a command inside, to its end.
  Program.Result run(String... command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("nsenter", namespace));
    all.addAll(List.of(command));
    return Program.run(environment, all);
  }

  /// Runs an `openstack` command that must exit 0.
  JsonNode openstack(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("openstack"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("-f", "json"));
    return Wire.read(good(run(all.toArray(String[]::new))).output());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  /// @param body a format for the arguments
  JsonNode post(String path, String body, Object... arguments)
      throws IOException, InterruptedException {
    return send("POST", path, body.formatted(arguments));
  }

  /// @param body a format for the arguments
  JsonNode put(String path, String body, Object... arguments)
      throws IOException, InterruptedException {
    return send("PUT", path, body.formatted(arguments));
  }

  /// A request that must succeed.
  ///
  /// @param path from the program's root on
  private JsonNode send(String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    List<String> curl = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body", "-X", method));
    curl.addAll(List.of("-H", "X-Auth-Token: " + token, url + path));
    if (body != null) {
      curl.addAll(List.of("-H", "Content-Type: application/json", "-d", body));
    }
    return Wire.read(good(run(curl.toArray(String[]::new))).output());
  }

  private static Program.Result good(Program.Result result) {
    assertThat(result.status()).as(result.output() + result.errors()).isZero();
    return result;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroy();
    process.waitFor();
    good(Program.run(Map.of(), command("clean", "--state", state.toString())));
  }
}
