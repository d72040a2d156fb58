/// Sockets of the JDK: works everywhere, and is what the others are compared with.
@NullMarked
package agrippa.proxy.transport.nio;

import org.jspecify.annotations.NullMarked;
