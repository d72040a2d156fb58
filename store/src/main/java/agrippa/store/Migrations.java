package agrippa.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/// Has Flyway bring a schema up to date from scripts that it is handed: it cannot look for them
/// itself, since modules do not show it their resources. It takes longer to find nothing to do than
/// the rest of the program takes to start; so a fingerprint of the scripts is kept, and Flyway is
/// asked only if that is another one.
///
/// @param schema each has a history table of its own, so that modules share a database
record Migrations(String schema, List<Migration> steps) implements ResourceProvider {
  private static final Table<Record> FINGERPRINTS = table(name("schema_fingerprints"));
  private static final Field<String> SCHEMA = field(name("schema_name"), String.class);
  private static final Field<String> FINGERPRINT = field(name("fingerprint"), String.class);

  void apply(DataSource database, DSLContext sql) {
    sql.createTableIfNotExists(FINGERPRINTS)
        .column(SCHEMA, SQLDataType.VARCHAR(64).notNull())
        .column(FINGERPRINT, SQLDataType.VARCHAR(64).notNull())
        .constraint(DSL.primaryKey(SCHEMA))
        .execute();
    var fingerprint = fingerprint();
    if (!fingerprint.equals(known(sql))) {
      migrate(database);
      sql.transaction(transaction -> remember(fingerprint, transaction.dsl()));
    }
  }

  private @Nullable String known(DSLContext sql) {
    return sql.select(FINGERPRINT)
        .from(FINGERPRINTS)
        .where(SCHEMA.eq(schema))
        .fetchOne(FINGERPRINT);
  }

  private void remember(String fingerprint, DSLContext sql) {
    sql.deleteFrom(FINGERPRINTS).where(SCHEMA.eq(schema)).execute();
    sql.insertInto(FINGERPRINTS, SCHEMA, FINGERPRINT).values(schema, fingerprint).execute();
  }

  private void migrate(DataSource database) {
    Flyway.configure()
        .dataSource(database)
        .table(schema + "_schema_history")
        .resourceProvider(this)
        .javaMigrationClassProvider(List::of)
        .locations(new String[0])
        // Another schema's tables are no reason to refuse.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }

  private String fingerprint() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var step : steps) {
        digest.update(step.toString().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public @Nullable LoadableResource getResource(String name) {
    return scripts().stream()
        .filter(it -> it.getRelativePath().equals(name))
        .findFirst()
        .orElse(null);
  }

  @Override
  public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
    return scripts().stream()
        .filter(it -> it.getFilename().startsWith(prefix))
        .filter(it -> Arrays.stream(suffixes).anyMatch(it.getFilename()::endsWith))
        .toList();
  }

  private List<LoadableResource> scripts() {
    return steps.stream().<LoadableResource>map(Script::new).toList();
  }

  /// A migration as Flyway reads it.
  private static final class Script extends LoadableResource {
    private final Migration migration;

    Script(Migration migration) {
      this.migration = migration;
    }

    @Override
    public Reader read() {
      return new StringReader(migration.sql());
    }

    @Override
    public String getFilename() {
      return "V%d__%s.sql"
          .formatted(migration.version(), migration.description().replace(' ', '_'));
    }

    @Override
    public String getRelativePath() {
      return getFilename();
    }

    @Override
    public String getAbsolutePath() {
      return getFilename();
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return getFilename();
    }
  }
}
