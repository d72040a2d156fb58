package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.reconcile.Reconciler;
import agrippa.control.spi.Provider.Outcome;
import agrippa.control.spi.ServiceUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever users do and whatever fails, invariants hold.
class RandomChangesTest {
  private static final Duration LONG_ENOUGH =
      ControlSettings.DEFAULT.pace().lastRetry().multipliedBy(3);

  // Held, since the logging library forgets the settings of loggers that nobody holds.
  private static final Logger RECONCILER = Logger.getLogger(Reconciler.class.getName());

  private final Rig rig = new Rig();

  @BeforeAll
  static void hushThousandsOfWantedFailures() {
    RECONCILER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakUp() {
    RECONCILER.setLevel(null);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void invariantsHold(long seed) {
    var changes = new RandomChanges(rig, seed);
    int accepted = 0;
    for (int i = 0; i < 500; i++) {
      if (rig.submit(Rig.OWNER, changes.next()) instanceof Verdict.Accepted) {
        accepted++;
      }
      Invariants.check(rig);
      rig.tasks.settle();
      Invariants.checkAtRest(rig);
    }
    assertThat(accepted).isGreaterThan(150);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void invariantsHoldInAWorldThatFails(long seed) {
    var changes = new RandomChanges(rig, seed);
    var random = new Random(seed);
    rig.provider.outcome(tree -> moody(random));
    rig.networks.beforeWrites(() -> perhapsThrow(random));
    for (int i = 0; i < 500; i++) {
      trySubmit(changes.next());
      if (random.nextInt(3) > 0) {
        rig.tasks.settle();
      }
      if (random.nextInt(20) == 0) {
        rig.pass(Duration.ofSeconds(random.nextInt(90)));
      }
      Invariants.check(rig);
    }

    rig.provider.works();
    rig.networks.beforeWrites(() -> {});
    rig.pass(ControlSettings.DEFAULT.pace().resync().plus(LONG_ENOUGH));
    Invariants.checkAtRest(rig);
  }

  private void trySubmit(Change change) {
    var before = rig.plane.inventory().all();
    try {
      rig.submit(Rig.OWNER, change);
    } catch (ServiceUnavailableException e) {
      // The promise is that nothing changed then.
      assertThat(rig.plane.inventory().all()).isEqualTo(before);
    }
  }

  private static Outcome moody(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Outcome.Failed("moody");
      case 1 -> throw new IllegalStateException("very moody");
      default -> new Outcome.Converged(Map.of());
    };
  }

  private static void perhapsThrow(Random random) {
    if (random.nextInt(4) == 0) {
      throw new ServiceUnavailableException("no network service");
    }
  }
}
