package agrippa.provider.accesslog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.provider.accesslog.Syslog.Identity;
import agrippa.provider.accesslog.Syslog.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class SyslogTest {
  private static final Instant WHEN = Instant.parse("2026-11-24T02:00:00.123Z");
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String HEAD = "<134>1 2026-11-24T02:00:00.123Z ourhost agrippa 77 access - ";

  private Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;

  private Syslog to(Transport transport, int port) {
    return new Syslog(transport, "127.0.0.1", port, new Identity("our\nhost", 77), clock);
  }

  @Test
  void isADatagramForEachMessage() throws IOException {
    try (DatagramSocket collector = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        Syslog syslog = to(Transport.UDP, collector.getLocalPort())) {
      collector.setSoTimeout(30_000);
      assertThat(syslog.ready()).isTrue();
      syslog.write("one", WHEN);
      syslog.write("two", WHEN);

      for (String line : new String[] {"one", "two"}) {
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        collector.receive(packet);
        assertThat(new String(packet.getData(), 0, packet.getLength(), US_ASCII))
            .isEqualTo(HEAD + line);
      }
    }
  }

  private static String counted(String line) {
    return (HEAD + line).length() + " " + HEAD + line;
  }

  @Test
  void isCountedOctetsOverTcp() throws IOException {
    try (ServerSocket collector = new ServerSocket(0, 1, LOOPBACK);
        Syslog syslog = to(Transport.TCP, collector.getLocalPort())) {
      assertThat(syslog.ready()).isTrue();
      syslog.write("one", WHEN);
      syslog.write("two", WHEN);
      syslog.flush();
      try (Socket connection = collector.accept()) {
        connection.setSoTimeout(30_000);
        String wanted = counted("one") + counted("two");
        assertThat(read(connection, wanted.length())).isEqualTo(wanted);
      }
    }
  }

  private static String read(Socket connection, int count) throws IOException {
    InputStream in = connection.getInputStream();
    return new String(in.readNBytes(count), US_ASCII);
  }

  @Test
  void connectsAgainButNotAtOnce() throws IOException {
    int port;
    try (ServerSocket collector = new ServerSocket(0, 1, LOOPBACK)) {
      port = collector.getLocalPort();
    }
    try (Syslog syslog = to(Transport.TCP, port)) {
      assertThat(syslog.ready()).isFalse();
      try (ServerSocket collector = new ServerSocket(port, 1, LOOPBACK)) {
        assertThat(syslog.ready()).as("too soon").isFalse();
        now = now.plus(Duration.ofSeconds(1));
        assertThat(syslog.ready()).isTrue();
        try (Socket first = collector.accept()) {
          first.setSoLinger(true, 0);
        }
        boolean broken = false;
        for (int i = 0; i < 1_000 && !broken; i++) {
          broken = fails(syslog);
        }
        assertThat(broken).isTrue();
        assertThat(syslog.ready()).isFalse();
        now = now.plus(Duration.ofSeconds(1));
        assertThat(syslog.ready()).isTrue();
        syslog.write("again", WHEN);
        syslog.flush();
        try (Socket second = collector.accept()) {
          assertThat(read(second, counted("again").length())).isEqualTo(counted("again"));
        }
      }
    }
  }

  private static boolean fails(Syslog syslog) {
    try {
      syslog.write("lost", WHEN);
      syslog.flush();
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
