package agrippa.launcher.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Types the well-known use case of a load balancer in an OpenStack cloud, command by command, and
/// checks what comes of it.
public final class Walkthrough {
  private static final long PAUSE_MILLIS = 250;

  private final PrintWriter out;
  private final Path folder;
  private final Map<String, String> environment;

  /// @param folder where commands leave their files
  /// @param environment how the cloud is reached
  public Walkthrough(PrintWriter out, Path folder, Map<String, String> environment) {
    this.out = out;
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  /// @return whether all was as it should be; else it stopped where it was not
  public boolean walk() throws InterruptedException {
    long began = System.nanoTime();
    List<Step> steps = Step.read(script());
    try (Shell shell = new Shell(folder, environment)) {
      for (Step step : steps) {
        if (!walk(shell, step)) {
          return false;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    say("\nAll %d commands did what they should, in %.0f s.", steps.size(), seconds(began));
    return true;
  }

  private static String script() {
    try (InputStream in = Walkthrough.class.getResourceAsStream("walkthrough.txt")) {
      if (in == null) {
        throw new IllegalStateException("walkthrough.txt is not in the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean walk(Shell shell, Step step) throws IOException, InterruptedException {
    if (!step.story().isEmpty()) {
      say("\n%s\n", step.story());
    }
    say("$ %s", step.command());
    long began = System.nanoTime();
    Shell.Result result = shell.run(step.command());
    while (!good(step, result) && seconds(began) < step.patience().toSeconds()) {
      // It asks a running system, which may take a moment.
      Thread.sleep(PAUSE_MILLIS);
      result = shell.run(step.command());
    }
    if (!result.output().isEmpty()) {
      say("%s", result.output());
    }
    if (!good(step, result)) {
      say(
          "\nThat is not as it should be: exit status %d%s",
          result.status(),
          step.missingIn(result.output()).isEmpty()
              ? ""
              : ", and the output lacks " + step.missingIn(result.output()));
      return false;
    }
    return true;
  }

  private static boolean good(Step step, Shell.Result result) {
    return result.status() == 0 && step.missingIn(result.output()).isEmpty();
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
