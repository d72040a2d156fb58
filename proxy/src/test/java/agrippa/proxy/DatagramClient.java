package agrippa.proxy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A client of datagrams: one port, and so one flow. It hears only of the address that it asks,
/// as a connected socket does.
final class DatagramClient implements AutoCloseable {
  /// A datagram may get lost where there are too many. Asking again does no harm: it is the same
  /// flow.
  private static final int TRIES = 30;

  private static final int PATIENCE_MILLIS = 1_000;
  private static final int SILENCE_MILLIS = 300;

  private final DatagramSocket socket;
  private int asked;

  private DatagramClient(InetAddress from, InetSocketAddress to) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(from, 0));
    socket.connect(to);
  }

  static DatagramClient from(String host, InetSocketAddress frontend) throws IOException {
    return new DatagramClient(InetAddress.ofLiteral(host), frontend);
  }

  /// @return the name of who answered
  String name() throws IOException {
    String question = ++asked + " ?";
    String answer = exchange(question.getBytes(StandardCharsets.ISO_8859_1), " " + question);
    return answer.substring(0, answer.indexOf(' '));
  }

  /// @param question begins with `=`
  /// @return the answer, which is the same if all is well
  String echo(String question) throws IOException {
    return exchange(question.getBytes(StandardCharsets.ISO_8859_1), question);
  }

  private String exchange(byte[] question, String end) throws IOException {
    DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
    socket.setSoTimeout(PATIENCE_MILLIS);
    for (int i = 0; i < TRIES; i++) {
      socket.send(new DatagramPacket(question, question.length));
      try {
        // Answers to what was asked twice before are passed over.
        do {
          answer.setData(answer.getData());
          socket.receive(answer);
        } while (!DatagramBackend.text(answer).endsWith(end));
        return DatagramBackend.text(answer);
      } catch (SocketTimeoutException e) {
        // Lost: asked again.
      }
    }
    throw new AssertionError("no answer");
  }

  /// Asks, and hears nothing for a while, not even a refusal.
  boolean hearsNothing() throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    byte[] question = (++asked + " silence").getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 2; i++) {
      socket.send(new DatagramPacket(question, question.length));
      try {
        socket.receive(new DatagramPacket(new byte[1], 1));
        return false;
      } catch (SocketTimeoutException e) {
        // Silence so far.
      }
    }
    return true;
  }

  @Override
  public void close() {
    socket.close();
  }
}
