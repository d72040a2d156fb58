package agrippa.provider.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir Path folder;
  private Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;

  private LogFile file(long most, int old) throws IOException {
    return new LogFile(folder.resolve("access.log"), most, old, clock);
  }

  private static void write(LogFile file, String... lines) throws IOException {
    for (String line : lines) {
      file.write(line, Instant.EPOCH);
    }
    file.flush();
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(it -> it.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void goesOnWhereItWas() throws IOException {
    try (LogFile file = file(1_000, 1)) {
      write(file, "one", "two");
    }
    try (LogFile file = file(1_000, 1)) {
      write(file, "three");
    }

    assertThat(read("access.log")).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void isPutAsideWhenItIsFullAndOnlySoManyAreKept() throws IOException {
    try (LogFile file = file(10, 2)) {
      write(file, "1111", "2222", "3333", "4444");
      write(file, "5555", "6666", "7777", "8888", "longer than a file may be", "9999");
    }

    assertThat(names()).containsExactly("access.log", "access.log.1", "access.log.2");
    assertThat(read("access.log")).isEqualTo("9999\n");
    assertThat(read("access.log.1")).isEqualTo("longer than a file may be\n");
    assertThat(read("access.log.2")).isEqualTo("7777\n8888\n");
  }

  @Test
  void keepsNoneIfNoneAreWanted() throws IOException {
    try (LogFile file = file(10, 0)) {
      write(file, "1111", "2222", "3333");
    }

    assertThat(names()).containsExactly("access.log");
    assertThat(read("access.log")).isEqualTo("3333\n");
  }

  @Test
  void isNobodyElsesBusiness() throws IOException {
    file(10, 0).close();

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("access.log"))))
        .startsWith("rw-")
        .endsWith("---");
  }

  @Test
  void isTriedAgainAfterAWhile() throws IOException {
    Path old = folder.resolve("access.log.1/full");
    Files.createDirectories(old);
    try (LogFile file = file(10, 1)) {
      write(file, "1111", "2222");

      assertThatThrownBy(() -> file.write("3333", Instant.EPOCH)).isInstanceOf(IOException.class);
      assertThat(file.ready()).isFalse();
      Files.delete(old);
      now = now.plus(Duration.ofSeconds(1));
      assertThat(file.ready()).isTrue();
      write(file, "4444");
    }

    assertThat(read("access.log")).isEqualTo("4444\n");
    assertThat(read("access.log.1")).isEqualTo("1111\n2222\n");
  }
}
