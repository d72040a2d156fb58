package agrippa.proxy;

import agrippa.proxy.session.Flows;
import agrippa.proxy.stats.FrontendStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/// One loop's part of a frontend of datagrams: its sockets and the flows that arrive there.
final class Receiver implements Intake {
  private final Worker worker;
  private final LiveFrontend frontend;
  private final FrontendStats.Local stats;
  // By the planned address.
  private final Map<InetSocketAddress, Flows> listening = new HashMap<>();

  Receiver(Worker worker, LiveFrontend frontend) {
    this.worker = worker;
    this.frontend = frontend;
    this.stats = frontend.stats().local(worker.index());
  }

  @Override
  public InetSocketAddress listen(InetSocketAddress planned, InetSocketAddress at)
      throws IOException {
    Flows flows =
        Flows.at(
            worker.loop(),
            at,
            frontend::snapshot,
            stats,
            worker.http().journal(),
            new GatePlaces(),
            worker.mostFlows());
    listening.put(planned, flows);
    return flows.local();
  }

  @Override
  public void unlisten(InetSocketAddress planned) {
    Flows flows = listening.remove(planned);
    if (flows != null) {
      flows.close();
    }
  }

  @Override
  public void replanned() {
    listening.values().forEach(Flows::replanned);
  }

  @Override
  public void drained() {
    listening.values().forEach(Flows::replanned);
  }

  /// Nobody waits: a datagram without a place is dropped.
  @Override
  public void placeFree() {}

  /// Flows see every change with their next datagram.
  @Override
  public void drainClients() {}

  /// At once: nobody could tell that a flow has finished.
  @Override
  public void close(long drainMillis) {
    abortClients();
  }

  @Override
  public void whenLeft(Runnable told) {
    told.run();
  }

  @Override
  public void abortClients() {
    listening.values().forEach(Flows::close);
    listening.clear();
  }

  private final class GatePlaces implements Flows.Places {
    @Override
    public boolean enter() {
      return frontend.gate().enter();
    }

    @Override
    public void leave() {
      // Nobody waits in a frontend of datagrams.
      boolean ignored = frontend.gate().leave();
      assert !ignored;
    }
  }
}
