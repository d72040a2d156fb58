package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.AssociationLoop;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import agrippa.proxy.transport.Message;
import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpServerChannel;
import com.sun.nio.sctp.SctpStandardSocketOptions;
import com.sun.nio.sctp.SctpStandardSocketOptions.InitMaxStreams;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// SCTP of the JDK, on a loop of its sockets.
public final class NioAssociations implements AssociationLoop {
  /// Most streams of an association in each direction: the kernel keeps some bytes for each.
  static final int STREAMS = 256;

  private final NioLoop loop;
  private final Message scratch = Message.empty();

  public NioAssociations(NioLoop loop) {
    this.loop = loop;
  }

  /// Why this machine has no SCTP, or nothing if it has.
  ///
  /// @return what is missing, for people
  public static Optional<String> missing() {
    try {
      SctpChannel.open().close();
      return Optional.empty();
    } catch (IOException | UnsupportedOperationException | LinkageError e) {
      return Optional.of(
          "the kernel (module sctp) or the library libsctp.so.1 (Debian: libsctp1) is missing: "
              + e.getMessage());
    }
  }

  @Override
  public ServerChannel listen(InetSocketAddress at, Consumer<Association> accepted)
      throws IOException {
    SctpServerChannel socket = SctpServerChannel.open();
    try {
      socket.configureBlocking(false);
      socket.setOption(SctpStandardSocketOptions.SCTP_INIT_MAXSTREAMS, streams());
      socket.bind(at, NioServerChannel.BACKLOG);
      return NioServerChannel.at(
          loop,
          socket,
          first(socket.getAllLocalAddresses()),
          () -> loop.take(socket.accept(), accepted, NioAssociation::accepted));
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot listen at " + at + " by SCTP: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // An unresolved or unsupported address.
      socket.close();
      throw new IOException(e);
    }
  }

  @Override
  public Association associate(InetSocketAddress to, Association.Handler handler) {
    return NioAssociation.connect(loop, to, handler);
  }

  @Override
  public Message scratch() {
    return scratch;
  }

  /// Associations may have several; ours are bound to one.
  static InetSocketAddress first(Set<SocketAddress> addresses) {
    return addresses.stream()
        .findFirst()
        .map(InetSocketAddress.class::cast)
        .orElse(new InetSocketAddress(0));
  }

  static InitMaxStreams streams() {
    return InitMaxStreams.create(STREAMS, STREAMS);
  }
}
