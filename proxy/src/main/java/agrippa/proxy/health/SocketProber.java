package agrippa.proxy.health;

import static java.nio.charset.StandardCharsets.US_ASCII;

import agrippa.proxy.plan.AddressText;
import agrippa.proxy.plan.Check.Probe;
import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpStandardSocketOptions;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Probes with the JDK's blocking sockets.
final class SocketProber implements Prober {
  /// A status line longer than this is not waited for.
  private static final int LONGEST_STATUS_LINE = 1024;

  /// TLS records of a handshake start with this type, ...
  private static final int HANDSHAKE_RECORD = 22;

  /// ... and the message inside has this one.
  private static final int SERVER_HELLO = 2;

  /// Longest wait for word that a datagram did not arrive: below the shortest timeout of a check.
  private static final int REFUSAL_MILLIS = 500;

  private final SSLContext tls = TrustingTls.context();
  private final Ping ping;

  SocketProber(Ping ping) {
    this.ping = ping;
  }

  @Override
  public String probe(Probe probe, Target target) throws IOException, InterruptedException {
    return switch (probe) {
      case Probe.Connect _ -> connect(target);
      case Probe.Datagram _ -> datagram(target);
      case Probe.Associate _ -> associate(target);
      case Probe.TlsHello _ -> tlsHello(target);
      case Probe.Http http -> http(http, target);
      case Probe.Grpc grpc -> grpc(grpc, target);
      case Probe.Ping _ -> ping(target);
    };
  }

  private static String connect(Target target) throws IOException {
    try (Socket socket = open(target)) {
      return "connected from port " + socket.getLocalPort();
    }
  }

  /// As `nc -uz` does it, with which Octavia's amphorae check.
  /// What an endpoint thinks that it has accepted is taken back at once (ABORT).
  private static String associate(Target target) throws IOException {
    try (SctpChannel channel = target.namespace().within(SctpChannel::open)) {
      channel.connect(target.address());
      channel.setOption(SctpStandardSocketOptions.SO_LINGER, 0);
      return "associated";
    }
  }

  private static String datagram(Target target) throws IOException {
    try (DatagramSocket socket = target.namespace().within(DatagramSocket::new)) {
      socket.connect(target.address());
      socket.setSoTimeout(REFUSAL_MILLIS);
      socket.send(new DatagramPacket(new byte[] {'X'}, 1));
      socket.receive(new DatagramPacket(new byte[1], 1));
      return "answered";
    } catch (SocketTimeoutException e) {
      return "not refused";
    } catch (PortUnreachableException e) {
      throw new IOException("refused", e);
    }
  }

  /// Only hellos are exchanged: whatever the endpoint would want next (a client's certificate, say)
  /// it is there and speaks TLS.
  private String tlsHello(Target target) throws IOException {
    try (Socket socket = open(target)) {
      socket.getOutputStream().write(clientHello());
      byte[] answer = socket.getInputStream().readNBytes(6);
      if (answer.length < 6) {
        throw new EOFException("closed without a ServerHello");
      }
      if (answer[0] != HANDSHAKE_RECORD || answer[5] != SERVER_HELLO) {
        throw new IOException("no ServerHello");
      }
      return "ServerHello";
    }
  }

  private byte[] clientHello() throws IOException {
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    byte[] bytes = new byte[hello.flip().remaining()];
    hello.get(bytes);
    return bytes;
  }

  private String http(Probe.Http probe, Target target) throws IOException {
    try (Socket plain = open(target)) {
      return probe.tls() ? overTls(probe, plain) : exchange(probe, plain);
    }
  }

  private String overTls(Probe.Http probe, Socket plain) throws IOException {
    try (SSLSocket socket = encrypted(plain)) {
      socket.startHandshake();
      return exchange(probe, socket);
    }
  }

  private SSLSocket encrypted(Socket plain) throws IOException {
    String host = plain.getInetAddress().getHostAddress();
    return (SSLSocket) tls.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
  }

  private String grpc(Probe.Grpc probe, Target target) throws IOException {
    String host = AddressText.literal(target.address().getAddress());
    String authority = host + ":" + target.address().getPort();
    try (Socket plain = open(target)) {
      if (!probe.tls()) {
        return GrpcCheck.ask(plain, false, probe.service(), authority);
      }
      try (SSLSocket socket = encrypted(plain)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return GrpcCheck.ask(socket, true, probe.service(), authority);
      }
    }
  }

  private static String exchange(Probe.Http probe, Socket socket) throws IOException {
    String host = probe.host() == null ? "" : "Host: " + probe.host() + "\r\n";
    String request =
        probe.method()
            + " "
            + probe.path()
            + " HTTP/"
            + probe.version()
            + "\r\n"
            + host
            + "Connection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    int status = status(statusLine(socket.getInputStream()));
    if (probe.expected().stream().noneMatch(range -> range.contains(status))) {
      throw new IOException("status " + status);
    }
    return "status " + status;
  }

  private static String statusLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed without a status");
      }
      if (line.length() == LONGEST_STATUS_LINE) {
        throw new IOException("not HTTP");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  /// Of `HTTP/1.1 200 OK`, the 200.
  private static int status(String line) throws IOException {
    if (!line.matches("(?s)HTTP/1\\.[01] [1-9][0-9]{2}([ \\r].*)?")) {
      throw new IOException("not HTTP");
    }
    return Integer.parseInt(line, 9, 12, 10);
  }

  private String ping(Target target) throws IOException, InterruptedException {
    ping.echo(target.address().getAddress(), target.namespace());
    return "echo reply";
  }

  private static Socket open(Target target) throws IOException {
    Socket socket = target.namespace().within(SocketProber::open);
    try {
      socket.connect(target.address());
      socket.getOutputStream().write(proxyHeader(target, socket));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Setting an option is what has the JDK make the socket now.
  private static Socket open() throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    return socket;
  }

  /// What an endpoint that insists on the PROXY protocol needs before the probe: version 1 tells
  /// this connection's own addresses, version 2 has a command that means a check.
  private static byte[] proxyHeader(Target target, Socket socket) {
    return switch (target.proxyProtocol()) {
      case NONE -> new byte[0];
      case V1 -> {
        InetAddress from = socket.getLocalAddress();
        String family = from.getAddress().length == 4 ? "TCP4" : "TCP6";
        yield "PROXY %s %s %s %d %d\r\n"
            .formatted(
                family,
                AddressText.of(from),
                AddressText.of(socket.getInetAddress()),
                socket.getLocalPort(),
                socket.getPort())
            .getBytes(US_ASCII);
      }
      case V2 -> "\r\n\r\n\0\r\nQUIT\n\040\0\0\0".getBytes(US_ASCII);
    };
  }
}
