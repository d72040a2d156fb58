package agrippa.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encryption towards members; references are URLs of the secret service and without effect while
/// not enabled.
///
/// @param container certificate shown to members, or null
/// @param ca who may have issued members' certificates, or null for anybody
/// @param crl revoked certificates, or null
/// @param ciphers OpenSSL cipher list, or null
/// @param versions such as `TLSv1.3`, or null
/// @param alpn protocols offered, or null
public record PoolTls(
    boolean enabled,
    @Nullable String container,
    @Nullable String ca,
    @Nullable String crl,
    @Nullable String ciphers,
    @Nullable List<String> versions,
    @Nullable List<String> alpn) {
  /// No encryption.
  public static final PoolTls NONE = new PoolTls(false, null, null, null, null, null, null);

  public PoolTls {
    versions = versions == null ? null : List.copyOf(versions);
    alpn = alpn == null ? null : List.copyOf(alpn);
  }
}
