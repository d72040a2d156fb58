package agrippa.proxy;

import java.time.Duration;

/// What stays fixed while a proxy runs.
///
/// @param loops event loops, each a thread; one per core is best
/// @param transport how sockets are driven
/// @param tls whose TLS is spoken
/// @param drain longest time that connections of a removed frontend may take to finish
/// @param probes most health checks under way at a time
public record ProxySettings(
    int loops, TransportKind transport, TlsKind tls, Duration drain, int probes) {
  public ProxySettings {
    if (loops < 1) {
      throw new IllegalArgumentException("loops must be positive: " + loops);
    }
    if (probes < 1) {
      throw new IllegalArgumentException("probes must be positive: " + probes);
    }
  }

  /// One loop per core and the fastest that this machine has; 30 seconds to drain.
  public static ProxySettings standard() {
    return new ProxySettings(
        Runtime.getRuntime().availableProcessors(),
        TransportKind.BEST,
        TlsKind.BEST,
        Duration.ofSeconds(30),
        2_048);
  }

  public ProxySettings withLoops(int count) {
    return new ProxySettings(count, transport, tls, drain, probes);
  }

  public ProxySettings withTransport(TransportKind kind) {
    return new ProxySettings(loops, kind, tls, drain, probes);
  }

  public ProxySettings withTls(TlsKind kind) {
    return new ProxySettings(loops, transport, kind, drain, probes);
  }

  public ProxySettings withDrain(Duration longest) {
    return new ProxySettings(loops, transport, tls, longest, probes);
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
