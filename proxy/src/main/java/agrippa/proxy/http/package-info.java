/// HTTP/1 as bytes in a buffer, without sockets: heads are scanned once and edited in place, and no
/// object is made per message. Start at [agrippa.proxy.http.HeadScanner].
@NullMarked
package agrippa.proxy.http;

import org.jspecify.annotations.NullMarked;
