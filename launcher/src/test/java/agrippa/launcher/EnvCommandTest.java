package agrippa.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EnvCommandTest {
  @TempDir Path folder;

  @Test
  void aShellReadsWhatWasMeantWhateverIsInIt() throws IOException, InterruptedException {
    String password = "it's $HOME `id` \"quoted\" \\ ! #";
    new StateFolder(folder)
        .save(
            new AdminCredentials(
                "http://127.0.0.1:1/identity/v3", "admin", password, "admin", "RegionOne"));
    StringWriter printed = new StringWriter();
    int status =
        new CommandLine(new EnvCommand())
            .setOut(new PrintWriter(printed, true))
            .execute("--state", folder.toString());
    assertThat(status).isZero();
    assertThat(printed.toString().lines()).hasSize(10).allMatch(it -> it.startsWith("export OS_"));

    Path script =
        Files.writeString(
            folder.resolve("env.sh"),
            printed + "printf '%s\\n' \"$OS_PASSWORD\" \"$OS_AUTH_URL\"\n");
    Process shell = new ProcessBuilder("/bin/sh", script.toString()).start();
    String heard = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    assertThat(heard).isEqualTo(password + "\nhttp://127.0.0.1:1/identity/v3\n");
  }
}
