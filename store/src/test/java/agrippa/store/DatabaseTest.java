package agrippa.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.table;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jooq.Configuration;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final Migration ONE =
      new Migration(1, "cups", "CREATE TABLE one_cups (n INTEGER NOT NULL);");

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("deep").resolve("er").resolve("state.db");
  }

  @Test
  void isForItsOwnerAlone() throws Exception {
    try (var database = Database.open(file())) {
      database.migrate("one", List.of(ONE));
      database.sql().execute("INSERT INTO one_cups VALUES (1)");
      assertThat(permissions(file().getParent())).isEqualTo("rwx------");
      try (var files = Files.list(file().getParent())) {
        assertThat(files.toList())
            .hasSizeGreaterThan(1)
            .allSatisfy(it -> assertThat(permissions(it)).isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void saysThatItIsClosed() {
    var database = Database.open(file());
    database.migrate("one", List.of(ONE));
    database.close();
    assertThatThrownBy(() -> database.sql().fetchCount(table("one_cups")))
        .isInstanceOf(DataAccessException.class)
        .hasMessageContaining("closed");
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void letsModulesKeepTablesSideBySide() {
    try (var database = Database.open(file())) {
      database.migrate("one", List.of(ONE));
      var table = "CREATE TABLE two_cups (n INTEGER NOT NULL);";
      database.migrate("two", List.of(new Migration(1, "cups too", table)));
      database.sql().execute("INSERT INTO one_cups VALUES (1)");
      database.sql().execute("INSERT INTO two_cups VALUES (2)");
    }
    try (var database = Database.open(file())) {
      var second = new Migration(2, "saucers", "CREATE TABLE one_saucers (n INTEGER NOT NULL);");
      database.migrate("one", List.of(ONE, second));
      assertThat(database.sql().fetchValue("SELECT n FROM one_cups")).isEqualTo(1);
      assertThat(database.sql().fetchValue("SELECT n FROM two_cups")).isEqualTo(2);
      assertThat(database.sql().fetch("SELECT n FROM one_saucers")).isEmpty();
    }
  }

  @Test
  void refusesAChangedPast() {
    try (var database = Database.open(file())) {
      database.migrate("one", List.of(ONE));
      var changed = new Migration(1, "cups", "CREATE TABLE one_cups (n TEXT);");
      assertThatThrownBy(() -> database.migrate("one", List.of(changed)))
          .hasMessageContaining("checksum");
    }
  }

  @Test
  void undoesAFailedTransaction() {
    try (var database = Database.open(file())) {
      database.migrate("one", List.of(ONE));
      assertThatThrownBy(
              () ->
                  database
                      .sql()
                      .transaction(
                          it -> {
                            it.dsl().execute("INSERT INTO one_cups VALUES (1)");
                            throw new IllegalStateException("changed my mind");
                          }))
          .hasMessageContaining("changed my mind");
      assertThat(database.sql().fetchCount(DSL.table("one_cups"))).isZero();
    }
  }

  @Test
  @Timeout(60)
  void letsTheNextWriteAfterACommitThatFailed() throws Exception {
    var saucers =
        """
        CREATE TABLE one_cups (n INTEGER PRIMARY KEY);
        CREATE TABLE one_saucers (
          cup INTEGER REFERENCES one_cups (n) DEFERRABLE INITIALLY DEFERRED
        );
        """;
    try (var database = Database.open(file());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      database.migrate("one", List.of(new Migration(1, "cups and saucers", saucers)));
      assertThatThrownBy(
              () ->
                  database
                      .sql()
                      .transaction(it -> insert(it, "INSERT INTO one_saucers VALUES (1)")))
          .isInstanceOf(DataAccessException.class);
      threads
          .submit(
              () -> database.sql().transaction(it -> insert(it, "INSERT INTO one_cups VALUES (1)")))
          .get();
      assertThat(database.sql().fetchCount(DSL.table("one_saucers"))).isZero();
      assertThat(database.sql().fetchCount(DSL.table("one_cups"))).isEqualTo(1);
    }
  }

  private static void insert(Configuration transaction, String statement) {
    transaction.dsl().execute(statement);
  }

  @Test
  void hasWritersTakeTurns() throws Exception {
    try (var database = Database.open(file());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      database.migrate("one", List.of(ONE));
      database.sql().execute("INSERT INTO one_cups VALUES (0)");
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < 30; i++) {
        done.add(threads.submit(() -> readAndWrite(database)));
      }
      for (var one : done) {
        one.get();
      }
      assertThat(database.sql().fetchValue("SELECT n FROM one_cups")).isEqualTo(30);
    }
  }

  /// Nothing may come between the reading and the writing.
  private static void readAndWrite(Database database) {
    database
        .sql()
        .transaction(
            it -> {
              int n = (Integer) it.dsl().fetchValue("SELECT n FROM one_cups");
              it.dsl().execute("UPDATE one_cups SET n = ?", n + 1);
            });
  }
}
