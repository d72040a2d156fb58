/// Frontends that the kernel balances by itself, with nft: start at
/// [agrippa.proxy.kernel.KernelPath]. What it can do, [agrippa.proxy.kernel.Eligibility] says; what
/// it is told, [agrippa.proxy.kernel.Ruleset].
@NullMarked
package agrippa.proxy.kernel;

import org.jspecify.annotations.NullMarked;
