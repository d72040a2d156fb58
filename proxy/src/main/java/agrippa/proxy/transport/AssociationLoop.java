package agrippa.proxy.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/// What an event loop that speaks SCTP does besides. Everything happens on its thread.
public interface AssociationLoop {
  /// Listens.
  ///
  /// @param accepted given each new association; it sets a handler at once
  /// @throws IOException if the address cannot be bound
  EventLoop.ServerChannel listen(InetSocketAddress at, Consumer<Association> accepted)
      throws IOException;

  /// Starts an association; `handler` hears [Association.Handler#connected] or
  /// [Association.Handler#connectFailed], never within this call.
  Association associate(InetSocketAddress to, Association.Handler handler);

  /// A message that all associations of this loop share; whoever is told of an event may use it
  /// until it returns.
  Message scratch();
}
