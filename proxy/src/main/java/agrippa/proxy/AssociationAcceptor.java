package agrippa.proxy;

import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.session.AssociationSession;
import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.AssociationLoop;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Consumer;

/// A frontend of SCTP on the loop that speaks it.
final class AssociationAcceptor extends Admission<Association> {
  private final AssociationLoop associations;

  /// @param worker whose loop speaks SCTP
  AssociationAcceptor(Worker worker, LiveFrontend frontend) {
    super(worker, frontend);
    this.associations = Objects.requireNonNull(worker.associations(), "a loop without SCTP");
  }

  @Override
  ServerChannel listen(InetSocketAddress at, Consumer<Association> accepted) throws IOException {
    return associations.listen(at, accepted);
  }

  @Override
  boolean tolerates(Association arrived, LiveFrontend.Settings settings) {
    return settings.plan().allows(address(arrived));
  }

  private static byte[] address(Association of) {
    return of.remote().getAddress().getAddress();
  }

  @Override
  void park(Association arrived) {
    arrived.receiving(false);
  }

  /// Sessions receive when they have somebody to send it to.
  @Override
  void unpark(Association arrived) {}

  @Override
  void abort(Association arrived) {
    arrived.abort();
  }

  /// Linux lets nobody else listen at the address as long as there are associations.
  @Override
  long patience(long drainMillis) {
    return 0;
  }

  @Override
  void admit(Association arrived, LiveFrontend.Settings settings) {
    new Client(arrived).begin(settings);
  }

  private final class Client extends Guest {
    private final Association accepted;

    Client(Association accepted) {
      this.accepted = accepted;
    }

    private void begin(LiveFrontend.Settings settings) {
      ClientLimits limits = settings.snapshot().limits();
      if (!paced(limits, address(accepted)) || !placed(limits, address(accepted))) {
        limited();
        return;
      }
      counted();
      served(
          new AssociationSession(
              accepted, associations, worker.http(), frontend::snapshot, stats, this::ended));
    }

    @Override
    void abortUnserved() {
      accepted.abort();
    }
  }
}
