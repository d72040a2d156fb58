package agrippa.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultTransactionProvider;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The embedded database: one SQLite file that every module of the program may keep tables in.
/// Statements read and write concurrently; transactions that write take turns. What was committed
/// survives a crash of the machine.
public final class Database implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 8;
  private static final int BUSY_TIMEOUT_MILLISECONDS = 10_000;

  private final DataSource source;
  private final Connections connections;
  private final DSLContext sql;

  private Database(DataSource source) {
    this.source = source;
    this.connections = new Connections(source, MOST_CONNECTIONS);
    this.sql =
        DSL.using(
            new DefaultConfiguration()
                .set(connections)
                .set(SQLDialect.SQLITE)
                .set(new Turns(new DefaultTransactionProvider(connections))));
  }

  /// Opens a file, which is made if there is none, readable by its owner alone; so is its folder.
  /// It is for one program at a time, which the caller must see to: two would not see each other's
  /// changes.
  public static Database open(Path file) {
    try {
      var folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        createFolder(folder);
      }
      createFile(file);
      return new Database(source(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the database " + file + " cannot be opened", e);
    }
  }

  private static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /// SQLite gives its other files the permissions of this one.
  private static void createFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private static DataSource source(Path file) {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLISECONDS);
    config.enforceForeignKeys(true);
    // A transaction that reads first and writes later could not wait for its turn.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  /// For statements and transactions. Inside `transaction`, only the configuration that it hands
  /// over may be used.
  public DSLContext sql() {
    return sql;
  }

  /// Brings a module's tables up to date. Their names should begin with the schema's.
  ///
  /// @param schema in lower case letters
  public void migrate(String schema, List<Migration> steps) {
    new Migrations(schema, steps).apply(source, sql);
  }

  /// Reads from the file.
  ///
  /// @throws org.jooq.exception.DataAccessException if that is not possible
  public void probe() {
    sql.fetch("SELECT count(*) FROM sqlite_schema");
  }

  /// Waits for what is under way.
  @Override
  public void close() {
    connections.close();
  }
}
