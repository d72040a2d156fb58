package agrippa.store;

import java.io.Reader;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/// Has Flyway bring a schema up to date from scripts that it is handed: it cannot look for them
/// itself, since modules do not show it their resources.
///
/// @param schema each has a history table of its own, so that modules share a database
record Migrations(String schema, List<Migration> steps) implements ResourceProvider {
  void apply(DataSource database) {
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
