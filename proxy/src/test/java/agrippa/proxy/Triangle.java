package agrippa.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Three network namespaces: clients at 10.9.0.11 to 13 and fd09::11, servers at 10.9.1.11 to 13
/// and fd09:1::11 to 13, and between them a load balancer at 10.9.0.1 and fd09::1, which both
/// take for their router.
final class Triangle implements AutoCloseable {
  static final String VIP = "10.9.0.1";
  static final String VIP_IPV6 = "fd09::1";

  private final String prefix = "agrippa-test-" + UUID.randomUUID();
  final NetworkNamespace clients;
  final NetworkNamespace servers;

  Triangle() throws Exception {
    String commands =
        """
        netns add P-c
        netns add P-b
        netns add P-s
        link add c netns P-c type veth peer name c netns P-b
        link add s netns P-s type veth peer name s netns P-b
        """;
    ip("", commands);
    ip(
        "b",
        addresses("c", "10.9.0.1/24", "fd09::1/64")
            + addresses("s", "10.9.1.1/24", "fd09:1::1/64"));
    ip("c", addresses("c", "10.9.0.11/24", "10.9.0.12/24", "10.9.0.13/24", "fd09::11/64"));
    ip(
        "s",
        addresses(
            "s", "10.9.1.11/24", "10.9.1.12/24", "10.9.1.13/24", "fd09:1::11/64", "fd09:1::12/64"));
    ip("c", "route add default via 10.9.0.1\n");
    ip("s", "route add default via 10.9.1.1\n");
    clients = NetworkNamespace.open(file("c"));
    servers = NetworkNamespace.open(file("s"));
  }

  private static String addresses(String device, String... all) {
    StringBuilder commands = new StringBuilder("link set lo up\nlink set " + device + " up\n");
    for (String each : all) {
      // Nobody asks around whether an address is free.
      commands
          .append("addr add ")
          .append(each)
          .append(" dev ")
          .append(device)
          .append(each.contains(":") ? " nodad\n" : "\n");
    }
    return commands.toString();
  }

  private Path file(String which) {
    return Path.of("/run/netns", prefix + "-" + which);
  }

  /// The load balancer's.
  Path balancer() {
    return file("b");
  }

  /// What a program prints in the load balancer's namespace.
  String ask(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-b"));
    words.addAll(List.of(command));
    return run(words, "");
  }

  private void ip(String which, String commands) throws Exception {
    run(
        which.isEmpty()
            ? List.of("ip", "-batch", "-")
            : List.of("ip", "-netns", prefix + "-" + which, "-batch", "-"),
        commands.replace("P-", prefix + "-"));
  }

  private static String run(List<String> command, String input) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /// A server that says its name, and then the same as its client.
  Backend connections(String name, String host) throws IOException {
    return servers.within(
        () ->
            Backend.talking(
                name,
                InetAddress.ofLiteral(host),
                (client, in) -> {
                  client.getOutputStream().write((name + " ").getBytes(StandardCharsets.US_ASCII));
                  in.transferTo(client.getOutputStream());
                }));
  }

  DatagramBackend datagrams(String name, String host) throws IOException {
    return servers.within(() -> DatagramBackend.named(name, InetAddress.ofLiteral(host)));
  }

  Client client(String from, InetSocketAddress to) throws IOException {
    Socket socket =
        clients.within(
            () -> {
              Socket made = new Socket();
              made.bind(new InetSocketAddress(from, 0));
              return made;
            });
    try {
      socket.connect(to, 10_000);
      return Client.over(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  DatagramClient datagramClient(String from, InetSocketAddress to) throws IOException {
    return clients.within(() -> DatagramClient.from(from, to));
  }

  @Override
  public void close() throws Exception {
    clients.close();
    servers.close();
    ip("", "netns del P-c\nnetns del P-b\nnetns del P-s\n");
  }
}
