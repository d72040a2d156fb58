package agrippa.proxy.health;

import agrippa.proxy.plan.Check.Probe;
import java.io.IOException;

/// Tries an endpoint once, blocking.
interface Prober {
  /// Returns if the endpoint passes; the caller limits the time by an interrupt.
  ///
  /// @return what was found, for people
  /// @throws IOException if it does not pass; the message says why, for people
  /// @throws InterruptedException if interrupted, unless that showed as an IOException
  String probe(Probe probe, Target target) throws IOException, InterruptedException;
}
