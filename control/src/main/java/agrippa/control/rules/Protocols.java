package agrippa.control.rules;

import agrippa.control.Refusal;
import agrippa.model.ListenerProtocol;
import agrippa.model.PoolProtocol;
import java.util.EnumSet;
import java.util.Set;

/// Which protocols go together.
final class Protocols {
  private Protocols() {}

  /// A listener may send to a pool.
  static void requireMatch(ListenerProtocol listener, PoolProtocol pool) {
    requireChildren(listener);
    if (!pools(listener).contains(pool)) {
      throw RefusedException.invalid(
          "The pool protocol '%s' is invalid while the listener protocol is '%s'."
              .formatted(pool, listener));
    }
  }

  /// A listener may have a default pool or policies at all.
  static void requireChildren(ListenerProtocol listener) {
    if (listener == ListenerProtocol.PROMETHEUS) {
      throw new RefusedException(new Refusal.PrometheusHasNoChildren());
    }
  }

  private static Set<PoolProtocol> pools(ListenerProtocol listener) {
    return switch (listener) {
      case TCP ->
          EnumSet.of(
              PoolProtocol.HTTP,
              PoolProtocol.HTTPS,
              PoolProtocol.PROXY,
              PoolProtocol.PROXYV2,
              PoolProtocol.TCP);
      case HTTP, TERMINATED_HTTPS ->
          EnumSet.of(PoolProtocol.HTTP, PoolProtocol.PROXY, PoolProtocol.PROXYV2);
      case HTTPS ->
          EnumSet.of(
              PoolProtocol.HTTPS, PoolProtocol.PROXY, PoolProtocol.PROXYV2, PoolProtocol.TCP);
      case UDP -> EnumSet.of(PoolProtocol.UDP);
      case SCTP -> EnumSet.of(PoolProtocol.SCTP);
      case PROMETHEUS -> EnumSet.noneOf(PoolProtocol.class);
    };
  }

  /// Listeners of the same transport may not share a port.
  static boolean sameTransport(ListenerProtocol one, ListenerProtocol other) {
    return transport(one) == transport(other);
  }

  private static Transport transport(ListenerProtocol protocol) {
    return switch (protocol) {
      case TCP, HTTP, HTTPS, TERMINATED_HTTPS, PROMETHEUS -> Transport.TCP;
      case UDP -> Transport.UDP;
      case SCTP -> Transport.SCTP;
    };
  }

  static boolean datagrams(ListenerProtocol protocol) {
    return transport(protocol) != Transport.TCP;
  }

  static boolean datagrams(PoolProtocol protocol) {
    return protocol == PoolProtocol.UDP || protocol == PoolProtocol.SCTP;
  }

  private enum Transport {
    TCP,
    UDP,
    SCTP
  }
}
