package agrippa.cloud.compute.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Archives by hand, since no program writes those that mean harm.
class RootArchiveTest {
  @TempDir private Path temporary;
  private final ByteArrayOutputStream archive = new ByteArrayOutputStream();
  private Path target;

  @BeforeEach
  void folder() throws IOException {
    target = Files.createDirectory(temporary.resolve("target"));
  }

  private RootArchiveTest entry(char type, String name, String link, String content) {
    byte[] header = new byte[512];
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    put(header, 0, name);
    put(header, 100, "0000750");
    put(header, 124, "%011o".formatted(bytes.length));
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar");
    int sum = 0;
    for (byte it : header) {
      sum += Byte.toUnsignedInt(it);
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    archive.writeBytes(header);
    archive.writeBytes(bytes);
    archive.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
    return this;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private void unpack() throws IOException {
    archive.writeBytes(new byte[1_024]);
    RootArchive.unpack(Files.write(temporary.resolve("tar"), archive.toByteArray()), target, false);
  }

  private void refused(String why) {
    assertThatThrownBy(this::unpack)
        .isInstanceOf(RootArchive.BrokenException.class)
        .hasMessageContaining(why);
    assertThat(temporary.resolve("outside")).doesNotExist();
  }

  @Test
  void unpacksFilesFoldersAndLinks() throws IOException {
    entry('5', "./bin/", "", "")
        .entry('0', "./bin/program", "", "content")
        .entry('2', "sh", "bin/program", "")
        .entry('1', "same", "bin/program", "")
        .entry('0', "deep/er/file", "", "")
        .unpack();
    Path program = target.resolve("bin/program");
    assertThat(program).hasContent("content");
    assertThat(Files.getPosixFilePermissions(program))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
    assertThat(Files.readSymbolicLink(target.resolve("sh"))).isEqualTo(Path.of("bin/program"));
    assertThat(Files.isSameFile(program, target.resolve("same"))).isTrue();
    assertThat(target.resolve("deep/er/file")).exists();
  }

  @Test
  void understandsLongNamesOfBothKinds() throws IOException {
    String name = "n".repeat(150);
    String line = " path=" + name + "2\n";
    int length = line.length() + 3;
    entry('L', "././@LongLink", "", name + "1\0")
        .entry('0', "cut", "", "gnu")
        .entry('x', "pax", "", length + line)
        .entry('0', "cut", "", "posix")
        .entry('0', "short", "", "own")
        .unpack();
    assertThat(target.resolve(name + "1")).hasContent("gnu");
    assertThat(target.resolve(name + "2")).hasContent("posix");
    assertThat(target.resolve("short")).hasContent("own");
  }

  @Test
  void understandsGzip() throws IOException {
    entry('0', "file", "", "content");
    archive.writeBytes(new byte[1_024]);
    Path compressed = temporary.resolve("tar.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
      archive.writeTo(out);
    }
    RootArchive.unpack(compressed, target, false);
    assertThat(target.resolve("file")).hasContent("content");
  }

  @Test
  void leavesDevicesAndPipesOut() throws IOException {
    entry('3', "memory", "", "").entry('4', "disk", "", "").entry('6', "pipe", "", "").unpack();
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void takesAnAbsolutePathForOneOfItsOwn() throws IOException {
    entry('0', "/etc/file", "", "content").unpack();
    assertThat(target.resolve("etc/file")).hasContent("content");
  }

  @Test
  void neverClimbs() {
    entry('0', "a/../../outside", "", "x").refused("outside of itself");
  }

  @Test
  void neverFollowsALink() {
    entry('2', "way", "..", "").entry('0', "way/outside", "", "x").refused("below what is no");
  }

  @Test
  void writesNotThroughALinkOfTheFilesOwnName() throws IOException {
    entry('2', "file", "../outside", "").entry('0', "file", "", "x").unpack();
    assertThat(temporary.resolve("outside")).doesNotExist();
    assertThat(target.resolve("file")).isRegularFile().hasContent("x");
  }

  @Test
  void linksNothingFromOutside() throws IOException {
    Files.writeString(temporary.resolve("secret"), "s");
    entry('2', "way", "../secret", "").entry('1', "file", "way", "").refused("no file before it");
  }

  @Test
  void saysWhatItIsNot() {
    archive.writeBytes("no tar".repeat(1_000).getBytes(StandardCharsets.UTF_8));
    refused("no tar archive");
  }

  @Test
  void saysThatSomethingIsMissing() {
    entry('0', "file", "", "content");
    byte[] whole = archive.toByteArray();
    assertThatThrownBy(
            () ->
                RootArchive.unpack(
                    Files.write(temporary.resolve("cut"), java.util.Arrays.copyOf(whole, 515)),
                    target,
                    false))
        .isInstanceOf(RootArchive.BrokenException.class)
        .hasMessageContaining("ends too early");
  }

  @Test
  void refusesToBeEmpty() {
    refused("it is empty");
  }
}
