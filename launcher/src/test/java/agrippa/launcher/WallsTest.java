package agrippa.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.Lifecycle;
import agrippa.model.ProvisioningStatus;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.InputStream;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/// The invariants of ARCHITECTURE.md; those inside `control` are in a test of its own.
class WallsTest {
  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("agrippa");

  @Test
  void theWholeProgramIsLookedAt() {
    assertThat(PROGRAM.size()).isGreaterThan(300);
    for (String each :
        new String[] {
          "agrippa.model",
          "agrippa.control",
          "agrippa.store",
          "agrippa.web",
          "agrippa.api",
          "agrippa.cloud",
          "agrippa.proxy",
          "agrippa.provider.builtin"
        }) {
      assertThat(PROGRAM.containPackage(each)).as(each).isTrue();
    }
  }

  @Test
  void modelKnowsValuesOnly() {
    holds(
        classes()
            .that()
            .resideInAPackage("agrippa.model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "agrippa.model..", "java.lang..", "java.util..", "java.time..", "org.jspecify.."));
  }

  @Test
  void proxyKnowsNothingElseNamedAgrippa() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("agrippa.proxy..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("agrippa..").and(resideOutsideOfPackages("agrippa.proxy.."))));
  }

  @Test
  void plansAreDataOfTheJdk() {
    holds(
        classes()
            .that()
            .resideInAPackage("agrippa.proxy.plan..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("agrippa.proxy.plan..", "java..", "org.jspecify.."));
  }

  @Test
  void adaptersSeeOnlyTheSpiOfControl() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("agrippa.store..", "agrippa.provider..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "agrippa.control.rules..",
                "agrippa.control.reconcile..",
                "agrippa.control.ledger.."));
  }

  @Test
  void onlyTransportAndTlsTouchNativeMemory() {
    holds(
        noClasses()
            .that(
                resideInAPackage("agrippa..")
                    .and(
                        resideOutsideOfPackages(
                            "agrippa.proxy.transport..", "agrippa.proxy.tls..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign.."));
  }

  @Test
  void sessionsOwnNoSocketAndNeverBlock() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                "agrippa.proxy.session..", "agrippa.proxy.http..", "agrippa.proxy.route..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.nio.channels..", "java.nio.file..", "java.util.concurrent.locks..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(
                BlockingQueue.class,
                CountDownLatch.class,
                Semaphore.class,
                Future.class,
                Lock.class,
                Socket.class,
                InputStream.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class));
  }

  @Test
  void timeAndRandomnessAreConstructorArguments() {
    holds(
        noClasses()
            .that(resideInAPackage("agrippa..").and(resideOutsideOfPackages("agrippa.launcher..")))
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callConstructor(SecureRandom.class));
  }

  @Test
  void nothingStaticChanges() {
    holds(
        fields()
            .that()
            .areStatic()
            .and()
            .areNotFinal()
            .should()
            .notBeStatic()
            .allowEmptyShould(true));
  }

  @Test
  void provisioningIsDecidedInControlOnly() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages("agrippa.control..", "agrippa.model..")
            .should()
            .callMethod(Lifecycle.class, "with", ProvisioningStatus.class));
  }

  private static void holds(ArchRule rule) {
    rule.check(PROGRAM);
  }
}
