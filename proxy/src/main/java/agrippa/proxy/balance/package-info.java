/// Which endpoint gets the next piece of work; start at [agrippa.proxy.balance.LiveUpstream].
///
/// What an endpoint has to tell over time is in a class each: [agrippa.proxy.balance.Warmth] (slow
/// start), [agrippa.proxy.balance.Departure] (draining), [agrippa.proxy.balance.Failures]
/// (ejection).
@NullMarked
package agrippa.proxy.balance;

import org.jspecify.annotations.NullMarked;
