package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.differential.Cloud;
import agrippa.acceptance.differential.Corpus;
import agrippa.acceptance.differential.Difference;
import agrippa.acceptance.differential.Exchange;
import agrippa.acceptance.differential.Explanations;
import agrippa.acceptance.differential.Player;
import agrippa.acceptance.differential.Recording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same requests are answered as Octavia answers them, except where `explanations.txt` says why
/// not. What Octavia answered was recorded.
///
/// To record again, let `OS_AUTH_URL`, `OS_USERNAME`, `OS_PASSWORD` and `OS_PROJECT_NAME` name the
/// admin of a cloud with an Octavia 11.0 in it, whose drivers are no-ops, and whose secrets, if it
/// has no Barbican, are `7e570000-0000-4000-8000-000000000001` (a certificate with its key) and
/// `…02` (a certificate). Then:
///
/// ```
/// ./agrippa test -pl acceptance -am -Dtest=DifferentialTest \
///     -Dsurefire.failIfNoSpecifiedTests=false -Dagrippa.record=all
/// ```
class DifferentialTest {
  private static final String RESOURCES = "acceptance/src/test/resources/differential";
  private static final int ENOUGH = 600;

  @TempDir private Path folder;

  @Test
  void answersAsOctaviaDoes() throws Exception {
    List<Corpus.Scenario> scenarios = Corpus.scenarios();
    record(System.getProperty("agrippa.record", ""), scenarios);
    Explanations explanations = new Explanations();
    List<Difference> unexplained = new ArrayList<>();
    int requests = 0;
    // The roles that Octavia 11.0 knows.
    Path configuration =
        Files.writeString(folder.resolve("agrippa.yaml"), "policy: {roles: advanced}");
    try (Program program = Program.start(folder.resolve("state"), configuration);
        Cloud cloud = new Cloud(program.environment())) {
      Player player = player(cloud);
      for (Corpus.Scenario scenario : scenarios) {
        List<Exchange> octavia = Recording.read(recording(scenario));
        assertThat(octavia)
            .as("%s was recorded with other requests: record it again", scenario.name())
            .extracting(Exchange::request)
            .containsExactlyElementsOf(scenario.requests());
        List<Exchange> agrippa = player.play(scenario);
        for (int i = 0; i < octavia.size(); i++) {
          Difference.between(octavia.get(i), agrippa.get(i)).stream()
              .filter(it -> !explanations.explain(it))
              .forEach(unexplained::add);
        }
        requests += octavia.size();
      }
    }
    assertThat(unexplained).as("unexplained differences").isEmpty();
    assertThat(explanations.stale()).as("explanations of nothing").isEmpty();
    assertThat(requests).isGreaterThanOrEqualTo(ENOUGH);
  }

  /// Users read that page, not the table.
  @Test
  void tellsEveryReason() throws Exception {
    String page =
        Files.readString(Program.home().resolve("docs/compatibility.md")).replaceAll("\\s+", " ");
    assertThat(new Explanations().reasons()).allSatisfy(it -> assertThat(page).contains(it));
  }

  /// @param which `all`, or names of scenarios with commas between them, or nothing
  private static void record(String which, List<Corpus.Scenario> scenarios) throws Exception {
    if (which.isEmpty()) {
      return;
    }
    List<String> names = List.of(which.split(","));
    try (Cloud cloud = new Cloud(System.getenv())) {
      Player player = player(cloud);
      for (Corpus.Scenario scenario : scenarios) {
        if (which.equals("all") || names.contains(scenario.name())) {
          Recording.write(recording(scenario), player.play(scenario));
        }
      }
    }
  }

  /// Plays with other addresses each time: those of networks are addresses of this machine.
  private static Player player(Cloud cloud) throws Exception {
    String prefix = "10." + ThreadLocalRandom.current().nextInt(100, 250);
    return new Player(
        cloud,
        prefix,
        new Player.Material(
            Certificates.bundle("www.example.com"),
            Certificates.authority("ca.example.com"),
            List.of(
                "7e570000-0000-4000-8000-000000000001", "7e570000-0000-4000-8000-000000000002")));
  }

  private static Path recording(Corpus.Scenario scenario) {
    return Program.home().resolve(RESOURCES).resolve("octavia-11.0/" + scenario.name() + ".jsonl");
  }
}
