package agrippa.examples.plan;

import agrippa.proxy.ApplyResult;
import agrippa.proxy.ProxyReport;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/// Serves what a file says, and reads it again at each line of its input.
public final class ProxyFromAPlan {
  private ProxyFromAPlan() {}

  /// @param args the plan's file
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: ProxyFromAPlan plan.json");
      System.exit(2);
    }
    run(Path.of(args[0]), System.in, System.out);
  }

  /// Serves until `in` ends.
  static void run(Path file, InputStream in, PrintStream out) throws IOException {
    try (ProxyServer proxy =
            ProxyServer.start(
                ProxySettings.standard(), InstantSource.system(), new SecureRandom());
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()))) {
      do {
        apply(proxy, file, out);
        out.println("Press Enter to read the file again, or end the input to stop.");
      } while (lines.readLine() != null);
    }
  }

  private static void apply(ProxyServer proxy, Path file, PrintStream out) {
    try {
      ApplyResult result = proxy.apply(PlanFile.read(file).plan());
      result.frontends().forEach((name, outcome) -> out.println(name + ": " + outcome));
      proxy.observe("example").ifPresent(report -> print(report, out));
    } catch (JacksonException | IllegalArgumentException e) {
      out.println("The file is not a plan; what was served before still is: " + e.getMessage());
    }
  }

  private static void print(ProxyReport report, PrintStream out) {
    report.frontends().forEach((name, frontend) -> out.println(name + ": " + frontend));
    report
        .upstreams()
        .forEach(
            (_, upstream) ->
                new TreeMap<>(upstream.endpoints())
                    .forEach((name, endpoint) -> out.println(name + ": " + endpoint)));
  }
}
