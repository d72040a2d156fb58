/// HTTP/2 (RFC 9113) as connections whose streams are channels that speak HTTP/1.1: what comes in
/// frames is read as text, validated, and what is written as text leaves in frames. So whoever
/// serves HTTP/1.1 serves HTTP/2, and there is one place where requests are judged. Start at
/// [agrippa.proxy.http2.Connection].
@NullMarked
package agrippa.proxy.http2;

import org.jspecify.annotations.NullMarked;
