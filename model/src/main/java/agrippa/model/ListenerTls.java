package agrippa.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS settings of a listener; references are URLs of the secret service.
///
/// @param defaultContainer certificate of clients whose SNI matches none, or null
/// @param sniContainers further certificates, in the order given
/// @param clientCa who may have issued clients' certificates, or null
/// @param clientCrl revoked certificates, or null
/// @param ciphers OpenSSL cipher list, or null
/// @param versions such as `TLSv1.3`, or null
/// @param alpn protocols offered, or null
/// @param hstsMaxAge seconds, or null for no HSTS
public record ListenerTls(
    @Nullable String defaultContainer,
    List<String> sniContainers,
    @Nullable String clientCa,
    ClientAuthentication clientAuthentication,
    @Nullable String clientCrl,
    @Nullable String ciphers,
    @Nullable List<String> versions,
    @Nullable List<String> alpn,
    @Nullable Integer hstsMaxAge,
    boolean hstsIncludeSubdomains,
    boolean hstsPreload) {
  /// No TLS.
  public static final ListenerTls NONE =
      new ListenerTls(
          null,
          List.of(),
          null,
          ClientAuthentication.NONE,
          null,
          null,
          null,
          null,
          null,
          false,
          false);

  public ListenerTls {
    sniContainers = List.copyOf(sniContainers);
    versions = versions == null ? null : List.copyOf(versions);
    alpn = alpn == null ? null : List.copyOf(alpn);
  }

  /// Whether clients are asked for a certificate.
  public enum ClientAuthentication {
    NONE,
    OPTIONAL,
    MANDATORY
  }
}
