package agrippa.control.reconcile;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import agrippa.control.ledger.Ledger;
import agrippa.control.spi.Networks;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import java.util.function.Predicate;

/// Gives back VIPs that a crash between claiming and committing left behind.
///
/// @param beingCreated whether a claim belongs to a load balancer that is about to be committed
record ClaimSweep(Networks networks, Ledger ledger, Predicate<LoadBalancerId> beingCreated)
    implements Runnable {
  private static final System.Logger LOG = System.getLogger(ClaimSweep.class.getName());

  @Override
  public void run() {
    try {
      for (var id : networks.claims()) {
        // In this order: a creation is in the ledger before it stops being under way.
        if (!beingCreated.test(id) && ledger.tree(id).isEmpty()) {
          LOG.log(INFO, "giving back the VIP of load balancer {0}, which does not exist", id);
          networks.releaseClaims(id);
        }
      }
    } catch (ServiceUnavailableException e) {
      LOG.log(WARNING, "left-over VIPs could not be looked for; it is tried again later", e);
    }
  }
}
