package agrippa.proxy;

import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.session.Session;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One loop's part of a frontend whose clients come and stay for a while: its listening sockets,
/// those who wait for a place, and those who have one.
///
/// @param <T> what clients come with: connections, or associations
abstract sealed class Admission<T> implements Intake permits Acceptor, AssociationAcceptor {
  final Worker worker;
  final LiveFrontend frontend;
  final FrontendStats.Local stats;
  // By the planned address.
  private final Map<InetSocketAddress, ServerChannel> listening = new HashMap<>();
  private final Set<Guest> guests = new HashSet<>();
  // Accepted, but beyond the limit: as many as one turn of the loop takes from the kernel's queue.
  private final Queue<T> parked = new ArrayDeque<>();
  private boolean paused;
  private boolean closed;
  private Runnable left = () -> {};

  Admission(Worker worker, LiveFrontend frontend) {
    this.worker = worker;
    this.frontend = frontend;
    this.stats = frontend.stats().local(worker.index());
  }

  abstract ServerChannel listen(InetSocketAddress at, Consumer<T> accepted) throws IOException;

  /// Whether somebody may come in, as far as can be told already.
  abstract boolean tolerates(T arrived, LiveFrontend.Settings settings);

  /// Leaves unread what comes.
  abstract void park(T arrived);

  /// Reads what came meanwhile.
  abstract void unpark(T arrived);

  /// Ends it at once.
  abstract void abort(T arrived);

  /// Serves somebody who has a place.
  abstract void admit(T arrived, LiveFrontend.Settings settings);

  /// Whether no more are served, and those who are here shall leave.
  final boolean closed() {
    return closed;
  }

  @Override
  public final InetSocketAddress listen(InetSocketAddress planned, InetSocketAddress at)
      throws IOException {
    ServerChannel channel = listen(at, this::accepted);
    listening.put(planned, channel);
    if (paused) {
      channel.pause();
    }
    return channel.local();
  }

  @Override
  public final void unlisten(InetSocketAddress planned) {
    ServerChannel channel = listening.remove(planned);
    if (channel != null) {
      channel.close();
    }
  }

  private void accepted(T arrived) {
    LiveFrontend.Settings settings = frontend.settings();
    if (!tolerates(arrived, settings)) {
      refuse(arrived);
    } else if (frontend.gate().enter()) {
      admit(arrived, settings);
    } else {
      await(arrived);
    }
  }

  /// At once, by a reset: an end in order would leave a socket behind for each, and those who are
  /// refused may be many. It may come while a client still believes that it connects.
  final void refuse(T arrived) {
    stats.count(Count.REFUSED);
    abort(arrived);
  }

  private void await(T arrived) {
    park(arrived);
    parked.add(arrived);
    if (!paused) {
      paused = true;
      listening.values().forEach(ServerChannel::pause);
      frontend.gate().startWaiting();
    }
    placeFree();
  }

  /// Those who are here see other settings when they next look.
  @Override
  public final void replanned() {}

  @Override
  public final void drained() {
    List.copyOf(guests).forEach(Guest::leaveDrained);
  }

  @Override
  public final void placeFree() {
    while (!parked.isEmpty() && frontend.gate().enter()) {
      T next = parked.remove();
      admit(next, frontend.settings());
      // What came while it was parked has been told to nobody.
      unpark(next);
    }
    if (paused && parked.isEmpty() && !frontend.gate().full()) {
      paused = false;
      frontend.gate().stopWaiting();
      listening.values().forEach(ServerChannel::resume);
    }
  }

  @Override
  public final void drainClients() {
    List.copyOf(guests).forEach(Guest::drain);
  }

  /// How long those who are here may stay when no more are served.
  ///
  /// @param drainMillis what is usual
  long patience(long drainMillis) {
    return drainMillis;
  }

  @Override
  public final void close(long drainMillis) {
    closed = true;
    listening.values().forEach(ServerChannel::close);
    listening.clear();
    parked.forEach(this::abort);
    parked.clear();
    if (paused) {
      paused = false;
      frontend.gate().stopWaiting();
    }
    long patience = patience(drainMillis);
    if (patience == 0) {
      abortClients();
      return;
    }
    drainClients();
    if (!guests.isEmpty()) {
      worker.loop().deadline(this::abortClients).in(patience);
    }
  }

  @Override
  public final void whenLeft(Runnable told) {
    if (guests.isEmpty()) {
      told.run();
    } else {
      left = told;
    }
  }

  @Override
  public final void abortClients() {
    List.copyOf(guests).forEach(Guest::abort);
  }

  /// A client that has a place.
  abstract class Guest {
    private @Nullable Session session;
    private @Nullable ClientLimits place;
    private byte[] from = {};
    private boolean counted;
    private boolean ended;

    Guest() {
      guests.add(this);
    }

    /// Ends what there is as long as there is no session.
    abstract void abortUnserved();

    /// Takes one of the connections that the client may make in a while.
    ///
    /// @param address in network order
    final boolean paced(@Nullable ClientLimits limits, byte[] address) {
      return limits == null || limits.take(address, worker.loop().now()) == 0;
    }

    /// Takes one of the connections that the client may have at a time, and gives it back in the
    /// end.
    ///
    /// @param address in network order
    final boolean placed(@Nullable ClientLimits limits, byte[] address) {
      if (limits == null || !limits.countsConnections()) {
        return true;
      }
      if (!limits.enter(address)) {
        return false;
      }
      place = limits;
      from = address;
      return true;
    }

    final void limited() {
      stats.count(Count.LIMITED);
      abortUnserved();
      ended();
    }

    final void counted() {
      stats.connectionOpened();
      counted = true;
    }

    final void served(Session by) {
      session = by;
      by.start();
    }

    private void drain() {
      if (session != null) {
        session.drain();
      }
    }

    private void leaveDrained() {
      if (session != null) {
        session.leaveDrained();
      }
    }

    private void abort() {
      if (session != null) {
        session.abort();
      } else {
        abortUnserved();
      }
      ended();
    }

    final void ended() {
      if (ended) {
        return;
      }
      ended = true;
      guests.remove(this);
      if (place != null) {
        place.leave(from);
      }
      if (counted) {
        stats.connectionClosed();
      }
      if (guests.isEmpty()) {
        left.run();
      }
      if (frontend.gate().leave()) {
        frontend.placeFree();
      }
    }
  }
}
