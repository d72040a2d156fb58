package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The program dies before and after every single thing that it does to the world. What was
/// acknowledged is there afterwards, and nothing stays half done.
class CrashTest {
  /// Nobody catches it.
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  private Rig rig = new Rig();
  private int stepsLeft;
  // The generation that users know of.
  private final Map<LoadBalancerId, Long> acknowledged = new HashMap<>();
  private Change inFlight;
  private final List<LoadBalancerId> gone = new ArrayList<>();

  @Test
  void atEveryStep() {
    int steps = 0;
    boolean crashed = true;
    while (crashed) {
      rig = new Rig();
      acknowledged.clear();
      gone.clear();
      inFlight = null;
      steps++;
      crashed = crashesAt(steps);
      for (int again = 1; crashed && again < 6; again++) {
        // It dies a second time while it cleans up.
        crashAt(again);
        restart();
      }
      crashAt(Integer.MAX_VALUE);
      restart();
      checkEverything();
    }
    assertThat(steps).isGreaterThan(60);
  }

  private boolean crashesAt(int step) {
    crashAt(step);
    try {
      scenario();
      return false;
    } catch (Crash e) {
      return true;
    }
  }

  private void crashAt(int step) {
    stepsLeft = step;
    rig.store.beforeWrites(this::step);
    rig.store.afterWrites(this::step);
    rig.networks.beforeWrites(this::step);
    rig.networks.afterWrites(this::step);
    rig.provider.beforeWrites(this::step);
    rig.provider.afterWrites(this::step);
  }

  /// The dead do nothing: what runs while the crash unwinds has no effect.
  private void step() {
    stepsLeft--;
    if (stepsLeft <= 0) {
      throw new Crash();
    }
  }

  private void restart() {
    rig.provider.forget();
    try {
      rig.crash();
      rig.tasks.settle();
    } catch (Crash e) {
      assertThat(stepsLeft).isNotPositive();
    }
  }

  private void scenario() {
    var changes = new RandomChanges(rig, 42);
    for (int i = 0; i < 60; i++) {
      var change = changes.next();
      inFlight = change;
      var verdict = rig.submit(Rig.OWNER, change);
      inFlight = null;
      if (verdict instanceof Verdict.Accepted(var tree, var subject)) {
        acknowledge(change, tree);
      }
      rig.tasks.settle();
    }
  }

  private void acknowledge(Change change, LoadBalancerTree tree) {
    if (change instanceof Change.DeleteLoadBalancer) {
      acknowledged.remove(tree.id());
      gone.add(tree.id());
    } else {
      acknowledged.put(tree.id(), tree.generation());
    }
  }

  private void checkEverything() {
    Invariants.checkAtRest(rig);
    // A deletion that was under way may have happened or not.
    if (inFlight instanceof Change.DeleteLoadBalancer(var id, var cascade)) {
      acknowledged.remove(id);
    }
    var inventory = rig.plane.inventory();
    acknowledged.forEach(
        (id, generation) ->
            assertThat(inventory.tree(id).orElseThrow().generation())
                .isGreaterThanOrEqualTo(generation));
    assertThat(gone).allMatch(id -> inventory.tree(id).isEmpty());
  }
}
