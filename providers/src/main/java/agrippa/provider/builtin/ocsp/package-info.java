/// What issuers say of certificates (OCSP, RFC 6960), asked for beforehand, so that the data plane
/// can show it along with them. Start at [agrippa.provider.builtin.ocsp.Stapling].
@NullMarked
package agrippa.provider.builtin.ocsp;

import org.jspecify.annotations.NullMarked;
