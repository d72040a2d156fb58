package agrippa.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;

/// One loop's part of a frontend. Everything happens on that loop's thread.
sealed interface Intake permits Admission, Receiver {
  /// Listens at an address.
  ///
  /// @param planned the plan's name for `at`, which may have a port where the plan has 0
  /// @return where it listens
  InetSocketAddress listen(InetSocketAddress planned, InetSocketAddress at) throws IOException;

  void unlisten(InetSocketAddress planned);

  /// The frontend has other settings, or its upstream has.
  void replanned();

  /// Ends what is under way with endpoints whose time to drain is over.
  void drained();

  /// Somebody left, or the limit rose: lets waiting clients in.
  void placeFree();

  /// Tells all clients to finish; new ones are served as before.
  void drainClients();

  /// Listens no more, lets clients finish, and ends those that take too long.
  void close(long drainMillis);

  /// Tells when no client is left, perhaps at once; asked for after [#close].
  void whenLeft(Runnable told);

  void abortClients();
}
