package agrippa.proxy.transport;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/// What a finished TLS handshake found out.
///
/// @param version such as `TLSv1.3`
/// @param cipher by OpenSSL's name, such as `ECDHE-RSA-AES128-GCM-SHA256`
/// @param serverName the client's SNI, or null
/// @param applicationProtocol agreed by ALPN, or null
/// @param peer the peer's certificate, or null if it showed none
/// @param verifyResult OpenSSL's number for the verification of `peer`; 0 is good
public record TlsInfo(
    String version,
    String cipher,
    @Nullable String serverName,
    @Nullable String applicationProtocol,
    @Nullable X509Certificate peer,
    int verifyResult) {}
