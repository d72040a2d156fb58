package agrippa.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  private static final AdminCredentials ADMIN =
      new AdminCredentials(
          "http://127.0.0.1:9876/identity/v3", "admin", "it's: \"#\\ odd", "admin", "RegionOne");

  @TempDir Path parent;
  private Path folder = Path.of("");
  private StateFolder state = new StateFolder(folder);

  @BeforeEach
  void aFolderThatIsNotThereYet() {
    folder = parent.resolve("deep/state");
    state = new StateFolder(folder);
  }

  @Test
  void onlyTheOwnerMayLookInside() throws IOException {
    FileLock claim = state.claim();
    state.save(ADMIN);
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("lock"))).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("clouds.yaml"))).isEqualTo("rw-------");
    claim.acquiredBy().close();
  }

  @Test
  void anotherProcessIsToldWhoHasTheFolder() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = holder.inputReader()) {
      assertThat(said.readLine()).isEqualTo("claimed");
      assertThatThrownBy(state::claim)
          .isInstanceOf(UserError.class)
          .hasMessage(
              "another Agrippa uses the state folder "
                  + folder
                  + "; stop it, or choose another folder with --state");
    } finally {
      holder.destroyForcibly();
      holder.waitFor();
    }
    FileLock freed = state.claim();
    assertThat(freed.isValid()).isTrue();
    freed.acquiredBy().close();
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    assertThatThrownBy(() -> new StateFolder(file.resolve("state")).claim())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("cannot use the state folder " + file.resolve("state"))
        .hasMessageEndingWith("; choose another with --state");
  }

  @Test
  void credentialsComeBackAsTheyWereSaved() throws IOException {
    Files.createDirectories(folder);
    assertThat(state.hasCredentials()).isFalse();
    state.save(ADMIN);
    assertThat(state.hasCredentials()).isTrue();
    assertThat(state.credentials()).isEqualTo(ADMIN);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("clouds.yaml"));
    }
  }

  @Test
  void beforeTheFirstStartThereAreNone() {
    assertThatThrownBy(state::credentials)
        .isInstanceOf(UserError.class)
        .hasMessage(
            "there is no %s; start ./agrippa serve --state %s first"
                .formatted(folder.resolve("clouds.yaml"), folder));
  }

  @Test
  void cloudsOfOthersAreRefused() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("clouds.yaml"), "clouds: {other: {}}\n");
    assertThatThrownBy(state::credentials)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it does not describe the cloud 'agrippa'");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /// A process that has the folder until it is killed.
  static final class Holder {
    public static void main(String[] arguments) throws IOException {
      FileLock claim = new StateFolder(Path.of(arguments[0])).claim();
      System.out.println("claimed");
      while (claim.isValid() && System.in.read() >= 0) {
        // Input never comes; its end means that the test has gone.
      }
    }
  }
}
