package agrippa.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// An nginx with one server of any kind.
record NginxProcess(Process process, InetSocketAddress address) implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

  static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  /// Starts one, and waits until it listens.
  ///
  /// @param folder for all of its files
  /// @param listen what is behind the address in the server's `listen`
  /// @param server what else is in its block
  static NginxProcess start(Path folder, String listen, String server) throws Exception {
    InetSocketAddress address = freeAddress();
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(configuration, configuration(folder, address.getPort(), listen, server));
    Path log = folder.resolve("nginx.log");
    Process process =
        new ProcessBuilder(PROGRAM + "", "-p", folder + "", "-c", configuration + "")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!answers(address)) {
      assertThat(System.nanoTime()).as(() -> read(log)).isLessThan(end);
      Thread.yield();
    }
    return new NginxProcess(process, address);
  }

  private static InetSocketAddress freeAddress() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return (InetSocketAddress) free.getLocalSocketAddress();
    }
  }

  private static String configuration(Path folder, int port, String listen, String server) {
    return """
        %1$s
        daemon off; worker_processes 1; pid %2$s/nginx.pid; error_log stderr;
        events { }
        http { access_log off; client_body_temp_path %2$s/body; proxy_temp_path %2$s/proxy;
          fastcgi_temp_path %2$s/fastcgi; uwsgi_temp_path %2$s/uwsgi; scgi_temp_path %2$s/scgi;
          client_max_body_size 0;
          server { listen 127.0.0.1:%3$d %4$s; root %2$s; %5$s }
        }
        """
        .formatted(
            System.getProperty("user.name").equals("root") ? "user root;" : "",
            folder,
            port,
            listen,
            server);
  }

  private static boolean answers(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
