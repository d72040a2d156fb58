package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import java.util.List;

/// TLS attributes that listeners and pools share.
final class TlsJson {
  /// URL of a certificate, an authority or a revocation list in the secret service.
  static final Type<String> REFERENCE = Types.text(255);

  static final Attribute<String> CIPHERS =
      Attribute.optional(
          "tls_ciphers", Types.text(2_048).with("examples", List.of("TLS_AES_128_GCM_SHA256")));
  static final Attribute<List<String>> VERSIONS =
      Attribute.optional("tls_versions", Types.set(Types.text(32)));
  static final Attribute<List<String>> ALPN =
      Attribute.optional("alpn_protocols", Types.set(Types.ALPN_PROTOCOL));

  private TlsJson() {}
}
