package agrippa.cloud.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CiphererTest {
  private static final byte[] PAYLOAD = "payload".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private Path keyFile() {
    return folder.resolve("secrets.key");
  }

  private Cipherer cipherer() {
    return Cipherer.of(keyFile(), false, new SecureRandom());
  }

  @Test
  void makesAKeyThatOnlyItsOwnerMayReadAndKeepsIt() throws Exception {
    byte[] encrypted = cipherer().encrypt("id", PAYLOAD);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile())))
        .isEqualTo("rw-------");
    assertThat(Files.size(keyFile())).isEqualTo(32);
    assertThat(cipherer().decrypt("id", encrypted)).isEqualTo(PAYLOAD);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(keyFile());
    }
  }

  @Test
  void takesRightsAwayThatACopyMayHave() throws Exception {
    cipherer();
    Files.setPosixFilePermissions(keyFile(), PosixFilePermissions.fromString("rw-r--r--"));
    cipherer();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile())))
        .isEqualTo("rw-------");
  }

  @Test
  void encryptsTheSameDifferentlyEachTime() {
    Cipherer cipherer = cipherer();
    byte[] one = cipherer.encrypt("id", PAYLOAD);
    byte[] two = cipherer.encrypt("id", PAYLOAD);
    assertThat(one).isNotEqualTo(two);
    assertThat(new String(one, StandardCharsets.ISO_8859_1)).doesNotContain("payload");
  }

  @Test
  void noticesWhatWasChangedOrMoved() {
    Cipherer cipherer = cipherer();
    byte[] encrypted = cipherer.encrypt("id", PAYLOAD);
    assertThatThrownBy(() -> cipherer.decrypt("other", encrypted))
        .isInstanceOf(IllegalStateException.class);
    for (int i = 0; i < encrypted.length; i++) {
      byte[] changed = encrypted.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> cipherer.decrypt("id", changed))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesAKeyThatIsNone() throws Exception {
    Files.write(keyFile(), new byte[31]);
    assertThatThrownBy(this::cipherer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("secrets.key");
  }

  @Test
  void makesNoNewKeyForWhatAnotherOneEncrypted() {
    assertThatThrownBy(() -> Cipherer.of(keyFile(), true, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("missing");
    assertThat(keyFile()).doesNotExist();
  }
}
