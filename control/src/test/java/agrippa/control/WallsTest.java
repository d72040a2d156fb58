package agrippa.control;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.reconcile.Settlement;
import agrippa.control.reconcile.StatusRollup;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Provider;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.StateStore;
import agrippa.model.Lifecycle;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// The walls inside the control plane.
class WallsTest {
  private static final JavaClasses CONTROL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("agrippa.control");

  private static final ArchRule RULES_NEVER_TOUCH =
      noClasses()
          .that()
          .resideInAPackage("..control.rules..")
          .should()
          .dependOnClassesThat(
              describe(
                  "write, store or converge",
                  (JavaClass it) ->
                      Set.of(
                              Networks.class.getName(),
                              Secrets.class.getName(),
                              Provider.class.getName(),
                              StateStore.class.getName())
                          .contains(it.getName())))
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..control.ledger..", "..control.reconcile..", "java.util.concurrent..");

  private static final ArchRule RULES_KNOW_NO_CLOCK =
      noClasses()
          .that()
          .resideInAPackage("..control.rules..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(InstantSource.class);

  private static final ArchRule NOBODY_READS_THE_TIME_OR_ROLLS_DICE =
      noClasses()
          .should()
          .callMethodWhere(
              target(owner(name(System.class.getName())))
                  .and(target(nameMatching("currentTimeMillis|nanoTime"))))
          .orShould()
          .callMethodWhere(target(owner(name(Instant.class.getName()))).and(target(name("now"))))
          .orShould()
          .callMethodWhere(target(owner(name(Clock.class.getName()))))
          .orShould()
          .callMethodWhere(
              target(owner(name(UUID.class.getName()))).and(target(name("randomUUID"))))
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(RandomGenerator.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Random.class);

  private static final ArchRule STATUSES_HAVE_THREE_WRITERS =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Settlement.class, StatusRollup.class)
          .and()
          .doNotHaveFullyQualifiedName("agrippa.control.rules.Marks")
          .should()
          .callMethodWhere(target(owner(name(Lifecycle.class.getName()))).and(target(name("with"))))
          .orShould()
          .callConstructorWhere(target(owner(name(Lifecycle.class.getName()))));

  private static final ArchRule CONTROL_KNOWS_NO_WIRE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "agrippa.control..",
              "agrippa.model..",
              "org.jspecify..",
              "java.lang..",
              "java.util..",
              "java.time..",
              "java.math..",
              "java.security..",
              "javax.security.auth.x500..",
              "java.net..",
              "java.nio");

  @Test
  void rulesLookButNeverTouch() {
    RULES_NEVER_TOUCH.check(CONTROL);
    RULES_KNOW_NO_CLOCK.check(CONTROL);
  }

  @Test
  void timeAndRandomnessAreConstructorArguments() {
    NOBODY_READS_THE_TIME_OR_ROLLS_DICE.check(CONTROL);
  }

  @Test
  void statusesAreWrittenInThreePlaces() {
    STATUSES_HAVE_THREE_WRITERS.check(CONTROL);
  }

  @Test
  void controlKnowsNoHttpJsonOrSql() {
    CONTROL_KNOWS_NO_WIRE.check(CONTROL);
    assertThat(CONTROL.size()).isGreaterThan(50);
  }

  @Test
  void theWallsStopWhatTheyShould() {
    var trespassers = new ClassFileImporter().importClasses(Trespasser.class);
    assertThatThrownBy(() -> NOBODY_READS_THE_TIME_OR_ROLLS_DICE.check(trespassers))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> STATUSES_HAVE_THREE_WRITERS.check(trespassers))
        .isInstanceOf(AssertionError.class);
  }

  /// Does what nobody may.
  private static final class Trespasser {
    Lifecycle act(Lifecycle lifecycle) {
      return lifecycle
          .updated(Instant.now())
          .with(agrippa.model.OperatingStatus.values()[new Random().nextInt(2)]);
    }
  }
}
