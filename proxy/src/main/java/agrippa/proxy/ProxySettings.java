package agrippa.proxy;

import java.time.Duration;

/// What stays fixed while a proxy runs.
///
/// @param loops event loops, each a thread; one per core is best
/// @param transport how sockets are driven
/// @param tls whose TLS is spoken
/// @param drain longest time that connections of a removed frontend may take to finish
/// @param probes most health checks under way at a time
/// @param flows most flows of datagrams at one address of a frontend, over all loops; one more ends
///     the least recently used one. Each is a socket with a port of its own
public record ProxySettings(
    int loops, TransportKind transport, TlsKind tls, Duration drain, int probes, int flows) {
  public ProxySettings {
    if (loops < 1) {
      throw new IllegalArgumentException("loops must be positive: " + loops);
    }
    if (probes < 1) {
      throw new IllegalArgumentException("probes must be positive: " + probes);
    }
    if (flows < 1) {
      throw new IllegalArgumentException("flows must be positive: " + flows);
    }
  }

  /// One loop per core and the fastest that this machine has; 30 seconds to drain.
  public static ProxySettings standard() {
    return new ProxySettings(
        Runtime.getRuntime().availableProcessors(),
        TransportKind.BEST,
        TlsKind.BEST,
        Duration.ofSeconds(30),
        2_048,
        16_384);
  }

  public ProxySettings withLoops(int count) {
    return new ProxySettings(count, transport, tls, drain, probes, flows);
  }

  public ProxySettings withTransport(TransportKind kind) {
    return new ProxySettings(loops, kind, tls, drain, probes, flows);
  }

  public ProxySettings withTls(TlsKind kind) {
    return new ProxySettings(loops, transport, kind, drain, probes, flows);
  }

  public ProxySettings withDrain(Duration longest) {
    return new ProxySettings(loops, transport, tls, longest, probes, flows);
  }

  public ProxySettings withFlows(int most) {
    return new ProxySettings(loops, transport, tls, drain, probes, most);
  }

  /// How sockets are driven.
  public enum TransportKind {
    /// epoll where there is one, else NIO.
    BEST,
    EPOLL,
    NIO
  }

  /// Whose TLS is spoken.
  public enum TlsKind {
    /// OpenSSL if its library is found, else the JDK's.
    BEST,
    OPENSSL,
    JDK
  }
}
