/// Which endpoint gets the next piece of work; start at [agrippa.proxy.balance.LiveUpstream].
@NullMarked
package agrippa.proxy.balance;

import org.jspecify.annotations.NullMarked;
