package agrippa.proxy;

import com.sun.nio.sctp.AbstractNotificationHandler;
import com.sun.nio.sctp.AssociationChangeNotification;
import com.sun.nio.sctp.HandlerResult;
import com.sun.nio.sctp.MessageInfo;
import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpServerChannel;
import com.sun.nio.sctp.SctpStandardSocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// Somebody who speaks SCTP by blocking sockets of the JDK: clients, and servers behind the proxy.
final class AssociationPeer implements AutoCloseable {
  /// @param stream -1 for the end: `text` says how it came
  record Heard(String text, int stream, int protocol, boolean unordered) {
    static final Heard SHUTDOWN = new Heard("shutdown", -1, 0, false);
    static final Heard ABORT = new Heard("abort", -1, 0, false);
  }

  private static final int ROOM = 1 << 20;

  private final SctpChannel channel;
  private boolean lost;

  private AssociationPeer(SctpChannel channel) {
    this.channel = channel;
  }

  static AssociationPeer connect(InetSocketAddress to) throws IOException {
    return connect(null, to);
  }

  static AssociationPeer connect(String from, InetSocketAddress to) throws IOException {
    SctpChannel channel = SctpChannel.open();
    if (from != null) {
      channel.bind(new InetSocketAddress(from, 0));
    }
    channel.connect(to);
    return new AssociationPeer(channel);
  }

  AssociationPeer send(String text) throws IOException {
    return send(new Heard(text, 0, 0, false));
  }

  AssociationPeer send(Heard message) throws IOException {
    byte[] bytes = message.text.getBytes(StandardCharsets.ISO_8859_1);
    channel.send(
        ByteBuffer.wrap(bytes),
        MessageInfo.createOutgoing(null, message.stream)
            .payloadProtocolID(message.protocol)
            .unordered(message.unordered));
    return this;
  }

  /// Waits for the next message, or the end.
  Heard hear() {
    ByteBuffer room = ByteBuffer.allocateDirect(ROOM);
    try {
      while (true) {
        MessageInfo info = channel.receive(room, null, new Losses());
        if (lost) {
          return Heard.ABORT;
        }
        if (info == null || info.bytes() < 0) {
          return Heard.SHUTDOWN;
        }
        if (info.isComplete()) {
          byte[] bytes = new byte[room.flip().remaining()];
          room.get(bytes);
          String text = new String(bytes, StandardCharsets.ISO_8859_1);
          return new Heard(text, info.streamNumber(), info.payloadProtocolID(), info.isUnordered());
        }
      }
    } catch (IOException e) {
      return Heard.ABORT;
    }
  }

  String hearText() {
    return hear().text;
  }

  /// The JDK tells by these only that the other side aborted.
  private final class Losses extends AbstractNotificationHandler<Object> {
    @Override
    public HandlerResult handleNotification(AssociationChangeNotification change, Object none) {
      lost |= change.event() == AssociationChangeNotification.AssocChangeEvent.COMM_LOST;
      return lost ? HandlerResult.RETURN : HandlerResult.CONTINUE;
    }
  }

  void abort() throws IOException {
    channel.setOption(SctpStandardSocketOptions.SO_LINGER, 0);
    channel.close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// A server that says its name to whom it hears from first, and then what it hears.
  static final class Server implements AutoCloseable {
    private final String name;
    private final SctpServerChannel listening;
    private final InetSocketAddress address;
    private final List<SctpChannel> open = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private volatile boolean silent;

    Server(String name, InetSocketAddress at) throws IOException {
      this.name = name;
      this.listening = SctpServerChannel.open().bind(at);
      this.address = (InetSocketAddress) listening.getAllLocalAddresses().iterator().next();
      Thread.ofPlatform().daemon().start(this::accept);
    }

    static Server named(String name) throws IOException {
      return new Server(name, new InetSocketAddress("127.0.0.1", 0));
    }

    String name() {
      return name;
    }

    InetSocketAddress address() {
      return address;
    }

    /// What came from everybody, in order.
    Heard next() throws InterruptedException {
      return heard.take();
    }

    /// Says nothing from now on, and hears nobody until [#listenToAll].
    void silence() {
      silent = true;
    }

    private void accept() {
      try {
        while (true) {
          SctpChannel channel = listening.accept();
          open.add(channel);
          if (!silent) {
            Thread.ofPlatform().daemon().start(() -> serve(new AssociationPeer(channel)));
          }
        }
      } catch (ClosedChannelException e) {
        // It is over.
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void serve(AssociationPeer client) {
      try (client) {
        String prefix = name + " ";
        for (Heard it = client.hear(); it.stream >= 0; it = client.hear()) {
          heard.add(it);
          if (!silent) {
            client.send(new Heard(prefix + it.text, it.stream, it.protocol, it.unordered));
            prefix = "";
          }
        }
      } catch (IOException e) {
        heard.add(Heard.ABORT);
        return;
      }
      heard.add(client.lost ? Heard.ABORT : Heard.SHUTDOWN);
    }

    /// Serves, late, who came while it was silent.
    void listenToAll() {
      for (SctpChannel each : open) {
        Thread.ofPlatform().daemon().start(() -> serve(new AssociationPeer(each)));
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
      for (SctpChannel each : open) {
        each.close();
      }
    }
  }
}
