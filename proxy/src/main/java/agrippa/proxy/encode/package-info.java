/// Content codings of responses: who wants them ([agrippa.proxy.encode.CompressionRules]), and how
/// they are made ([agrippa.proxy.encode.Encoders]). Sees bytes and owns no socket.
@NullMarked
package agrippa.proxy.encode;

import org.jspecify.annotations.NullMarked;
