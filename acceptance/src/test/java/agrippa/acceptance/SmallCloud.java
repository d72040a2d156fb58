package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Program.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A program whose networks and servers are in the kernel, and what a test needs to act inside of
/// them. All of them are in network namespaces of the program's own.
final class SmallCloud implements AutoCloseable {
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path state;
  private final int port = FreePorts.next();
  private volatile Program program;

  private SmallCloud(Path state) throws IOException {
    this.state = state;
    this.program = Program.startInKernel(state, port);
  }

  static SmallCloud start(Path state) throws Exception {
    Debian.needRoot("only root may make networks and servers in the kernel");
    Debian.need(
        Map.of(
            "/usr/sbin/ip", "iproute2",
            "/usr/sbin/nft", "nftables",
            "/usr/sbin/sysctl", "procps",
            "/usr/bin/busybox", "busybox-static",
            "/usr/sbin/dropbear", "dropbear-bin",
            "/usr/bin/scp", "openssh-client",
            "/usr/lib/openssh/sftp-server", "openssh-sftp-server",
            "/usr/bin/curl", "curl"));
    return new SmallCloud(state);
  }

  Program program() {
    return program;
  }

  /// Starts it again, after a crash.
  void restart() throws IOException {
    program = Program.startInKernel(state, port);
  }

  /// Removes what it left.
  Result clean() throws IOException, InterruptedException {
    return Program.run(
        Map.of(),
        List.of(
            Program.home().resolve("agrippa").toString(), "clean", "--state", state.toString()));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    program.close();
    program.awaitEnd();
    Result result = clean();
    assertThat(result.status()).as(result.output() + result.errors()).isZero();
  }

  /// Runs a command in the network namespace of something; it fails if there is none.
  ///
  /// @param id of a server, router or load balancer
  static Result inside(String id, String... command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + namespace(id)));
    all.addAll(List.of(command));
    return Program.run(Map.of(), all);
  }

  /// What the names of this program's namespaces begin with.
  private String prefix() throws NoSuchAlgorithmException {
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(state.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
    return "agrippa-" + HexFormat.of().formatHex(hash, 0, 4) + "-";
  }

  /// What `ip` tells of the interfaces of one of this program's namespaces.
  ///
  /// @param name without what they begin with
  Result interfaces(String name) throws Exception {
    return Program.run(
        Map.of(), List.of("ip", "-netns", prefix() + name, "-json", "-details", "address", "show"));
  }

  /// The names of this program's namespaces, without what they begin with.
  Set<String> namespaces() throws Exception {
    String prefix = prefix();
    try (Stream<Path> files = Files.list(NAMESPACES)) {
      return files
          .map(it -> it.getFileName().toString())
          .filter(it -> it.startsWith(prefix))
          .map(it -> it.substring(prefix.length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  static Path namespace(String id) throws IOException {
    try (Stream<Path> files = Files.list(NAMESPACES)) {
      return files
          .filter(it -> it.toString().endsWith(id))
          .findFirst()
          .orElse(NAMESPACES.resolve("gone-" + id));
    }
  }

  /// Waits until something holds.
  static void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still not so: " + what);
      }
      Thread.yield();
    }
  }

  /// Waits until two things that may change are the same.
  static <T> void awaitSame(Callable<T> actual, Callable<T> expected) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (actual.call().equals(expected.call())) {
        return;
      }
      Thread.yield();
    }
    assertThat(actual.call()).isEqualTo(expected.call());
  }

  /// Something that comes true.
  interface Condition {
    boolean holds() throws Exception;
  }

  /// A tenant's servers.
  static final class Servers {
    private final Tenant tenant;
    private final String image;
    private final String flavor;

    Servers(Tenant tenant) throws Exception {
      this.tenant = tenant;
      this.image = readyImage(tenant);
      this.flavor =
          stream(tenant.service("compute", "").get("/flavors").is(200).json().path("flavors"))
              .filter(it -> it.path("name").asString().equals("m1.nano"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
      List<JsonNode> all = new ArrayList<>();
      array.forEach(all::add);
      return all.stream();
    }

    private static String readyImage(Tenant tenant) throws Exception {
      Wire.Service images = tenant.service("image", "/v2");
      Predicate<JsonNode> active = it -> it.path("status").asString().equals("active");
      await(
          "the default image is active",
          () -> stream(images.get("/images").is(200).json().path("images")).anyMatch(active));
      return images.get("/images").is(200).text("/images/0/id");
    }

    /// Asks for one.
    Wire.Answer create(String name, String network) throws IOException, InterruptedException {
      return compute()
          .post(
              "/servers",
              """
              {"server": {"name": "%s", "imageRef": "%s", "flavorRef": "%s",
                "networks": [{"uuid": "%s"}]}}
              """,
              name,
              image,
              flavor,
              network);
    }

    /// Boots one, and waits until it is ACTIVE.
    ///
    /// @param script what it runs first
    /// @return its id
    String boot(String name, String network, String group, String script) throws Exception {
      String id =
          compute()
              .post(
                  "/servers",
                  """
                  {"server": {"name": "%s", "imageRef": "%s", "flavorRef": "%s",
                    "networks": [{"uuid": "%s"}], "security_groups": [{"name": "%s"}],
                    "user_data": "%s"}}
                  """,
                  name,
                  image,
                  flavor,
                  network,
                  group,
                  Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)))
              .is(202)
              .text("/server/id");
      await(name + " is ACTIVE", () -> status(id).equals("ACTIVE"));
      return id;
    }

    String status(String id) throws IOException, InterruptedException {
      return show(id).at("/server/status").asString();
    }

    JsonNode show(String id) throws IOException, InterruptedException {
      return compute().get("/servers/" + id).is(200).json();
    }

    String address(String id) throws IOException, InterruptedException {
      return show(id).at("/server/addresses").iterator().next().path(0).path("addr").asString();
    }

    String console(String id) throws IOException, InterruptedException {
      return compute()
          .post("/servers/" + id + "/action", "{\"os-getConsoleOutput\": {}}")
          .is(200)
          .text("/output");
    }

    Wire.Service compute() {
      return tenant.service("compute", "");
    }
  }
}
