package agrippa.proxy.tls;

import agrippa.proxy.tls.TlsRecords.Progress;
import agrippa.proxy.transport.Buffer;
import java.util.Random;
import java.util.function.Consumer;

/// Two ends of TLS back to back in memory.
final class Wire implements AutoCloseable {
  private static final int STEPS = 20;

  final TlsRecords client;
  final TlsRecords server;
  final Buffer toServer = Buffer.allocate(256 * 1024);
  final Buffer toClient = Buffer.allocate(256 * 1024);

  /// What happens to bytes on their way.
  Consumer<Buffer> meddler = bytes -> {};

  /// All that the server has sent: a full handshake is long by its certificates.
  int serverSent;

  Wire(TlsRecords client, TlsRecords server) {
    this.client = client;
    this.server = server;
  }

  /// @return whether both sides came to a good end
  boolean handshake() {
    Progress clientIs = Progress.MORE;
    Progress serverIs = Progress.MORE;
    for (int i = 0; i < STEPS; i++) {
      if (clientIs == Progress.MORE) {
        clientIs = client.handshake(toClient);
        pass(client, toServer);
      }
      if (serverIs == Progress.MORE) {
        serverIs = server.handshake(toServer);
        serverSent += pass(server, toClient);
      }
      if (clientIs == Progress.FAILED || serverIs == Progress.FAILED) {
        return false;
      }
      if (clientIs == Progress.DONE && serverIs == Progress.DONE) {
        return true;
      }
    }
    return false;
  }

  /// Sends bytes from the client to the server.
  ///
  /// @return bytes that arrive
  int carry(int count) {
    Buffer from = Buffer.allocate(count);
    from.window(0, count);
    Buffer into = Buffer.allocate(count + 32 * 1024);
    while (!from.isEmpty() && client.encrypt(from, 16_384) > 0) {
      pass(client, toServer);
    }
    int got;
    do {
      got = server.decrypt(toServer, into);
      pass(server, toClient);
    } while (got > 0);
    int arrived = into.length();
    from.free();
    into.free();
    return arrived;
  }

  /// Changes some bytes on their way, and sometimes loses the rest.
  static void spoil(Buffer bytes, Random random) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = bytes.start() + random.nextInt(bytes.length());
      bytes.put(at, (byte) random.nextInt());
    }
    if (random.nextInt(4) == 0) {
      bytes.window(bytes.start(), bytes.start() + random.nextInt(bytes.length()));
    }
  }

  int pass(TlsRecords from, Buffer into) {
    Buffer out = from.output();
    int count = out.length();
    if (into.room() < count) {
      into.move(into.start(), 0, into.length());
      into.window(0, into.length());
    }
    if (count > 0) {
      meddler.accept(out);
      into.append(out);
    }
    out.window(0, 0);
    return count;
  }

  @Override
  public void close() {
    client.free();
    server.free();
    toServer.free();
    toClient.free();
  }
}
