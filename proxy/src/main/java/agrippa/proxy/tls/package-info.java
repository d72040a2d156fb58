/// TLS as a channel over a channel, with OpenSSL 3 or the JDK doing the cryptography. Start at
/// [agrippa.proxy.tls.TlsEngine], then [agrippa.proxy.tls.TlsChannel].
@NullMarked
package agrippa.proxy.tls;

import org.jspecify.annotations.NullMarked;
