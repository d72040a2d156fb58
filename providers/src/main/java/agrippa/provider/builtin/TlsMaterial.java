package agrippa.provider.builtin;

import agrippa.control.Caller;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.model.Listener;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.PoolTls;
import agrippa.provider.builtin.ocsp.Stapling;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// TLS settings with the certificates that they refer to.
final class TlsMaterial {
  /// Octavia's default for listeners and pools.
  private static final String CIPHERS =
      String.join(
          ":",
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305",
          "DHE-RSA-AES128-GCM-SHA256",
          "DHE-RSA-AES256-GCM-SHA384",
          "DHE-RSA-CHACHA20-POLY1305");

  private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
  private static final List<String> SPOKEN = List.of("h2", "http/1.1", "http/1.0");
  private static final List<String> SPOKEN_WITHOUT_HTTP2 = List.of("http/1.1", "http/1.0");

  private final Secrets secrets;
  private final Stapling stapling;

  /// @param stapling knows what certificates' issuers say of them
  TlsMaterial(Secrets secrets, Stapling stapling) {
    this.secrets = secrets;
    this.stapling = stapling;
  }

  /// Something that TLS needs cannot be had. Concerns only the listeners that need it.
  static final class MissingException extends Exception {
    private static final long serialVersionUID = 1;

    MissingException(String message) {
      super(message);
    }
  }

  /// Whether clients of a listener speak TLS with it; metrics are told plain unless it has a
  /// certificate.
  static boolean endsTls(Listener listener) {
    return switch (listener.protocol()) {
      case TERMINATED_HTTPS -> true;
      case PROMETHEUS ->
          listener.tls().defaultContainer() != null || !listener.tls().sniContainers().isEmpty();
      case TCP, HTTP, HTTPS, UDP, SCTP -> false;
    };
  }

  /// @throws MissingException if a certificate cannot be loaded, or if there is none
  TlsServer server(Listener listener) throws MissingException {
    ListenerTls tls = listener.tls();
    List<String> references =
        Stream.concat(Stream.ofNullable(tls.defaultContainer()), tls.sniContainers().stream())
            .toList();
    if (references.isEmpty()) {
      throw new MissingException("the listener has no certificate");
    }
    boolean asks = tls.clientAuthentication() != ClientAuthentication.NONE;
    List<Certificate> certificates = new ArrayList<>();
    for (String reference : references) {
      certificates.add(stapled(certificate(reference)));
    }
    return new TlsServer(
        certificates,
        Objects.requireNonNullElse(tls.ciphers(), CIPHERS),
        Objects.requireNonNullElse(tls.versions(), VERSIONS),
        spokenToClients(Objects.requireNonNullElse(tls.alpn(), SPOKEN)),
        switch (tls.clientAuthentication()) {
          case NONE -> ClientAuth.NONE;
          case OPTIONAL -> ClientAuth.OPTIONAL;
          case MANDATORY -> ClientAuth.MANDATORY;
        },
        list(asks ? tls.clientCa() : null, secrets::authorities),
        list(asks ? tls.clientCrl() : null, secrets::revocations));
  }

  /// @throws MissingException if a certificate cannot be loaded
  TlsClient client(Pool pool) throws MissingException {
    PoolTls tls = pool.tls();
    String container = tls.container();
    return new TlsClient(
        container == null ? null : certificate(container),
        list(tls.ca(), secrets::authorities),
        list(tls.crl(), secrets::revocations),
        Objects.requireNonNullElse(tls.ciphers(), CIPHERS),
        Objects.requireNonNullElse(tls.versions(), VERSIONS),
        spokenToMembers(pool));
  }

  /// What the proxy speaks with clients of these protocols, most wanted first.
  static List<String> spokenToClients(List<String> alpn) {
    return spoken(alpn, SPOKEN);
  }

  /// What the proxy speaks with a pool's members of the protocols that are wanted, most wanted
  /// first. Where it does not look into what clients send, it cannot make HTTP/2 of it.
  static List<String> spokenToMembers(Pool pool) {
    List<String> wanted = Objects.requireNonNullElse(pool.tls().alpn(), List.of());
    return spoken(wanted, pool.protocol() == PoolProtocol.HTTP ? SPOKEN : SPOKEN_WITHOUT_HTTP2);
  }

  private static List<String> spoken(List<String> alpn, List<String> known) {
    return alpn.stream().filter(known::contains).toList();
  }

  private Certificate certificate(String reference) throws MissingException {
    Secrets.KeyPair pair = found(reference, secrets.keyPair(null, reference));
    return new Certificate(pair.chain(), pair.key());
  }

  private Certificate stapled(Certificate one) {
    return new Certificate(one.chain(), one.key(), stapling.of(one.chain()).orElse(null));
  }

  private static <T> List<T> list(
      @Nullable String reference, BiFunction<@Nullable Caller, String, Lookup<List<T>>> look)
      throws MissingException {
    return reference == null ? List.of() : found(reference, look.apply(null, reference));
  }

  private static <T> T found(String reference, Lookup<T> lookup) throws MissingException {
    return switch (lookup) {
      case Lookup.Found<T>(T value) -> value;
      case Lookup.Missing<T>() -> throw new MissingException("there is no secret " + reference);
      case Lookup.Unreadable<T>(_, String detail) ->
          throw new MissingException("the secret " + reference + " is unreadable: " + detail);
    };
  }
}
