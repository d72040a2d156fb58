package agrippa.proxy;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Runs [AssociationsContract], as a program or for a test.
final class AssociationsRun {
  private AssociationsRun() {}

  public static void main(String[] args) {
    TestExecutionSummary summary = run();
    PrintWriter out = new PrintWriter(System.out, true);
    summary.printFailuresTo(out, 12);
    out.println(said(summary));
    System.exit(0);
  }

  static String said(TestExecutionSummary summary) {
    long passed = summary.getTestsSucceededCount();
    return "contract: %d passed, %d failed"
        .formatted(passed, summary.getTestsFoundCount() - passed);
  }

  static TestExecutionSummary run() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(AssociationsContract.class))
                .build(),
            listener);
    return listener.getSummary();
  }
}
