/// A proxy that is told what to do by plans: start at [agrippa.proxy.ProxyServer].
@NullMarked
package agrippa.proxy;

import org.jspecify.annotations.NullMarked;
