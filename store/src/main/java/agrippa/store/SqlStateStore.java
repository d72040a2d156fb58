package agrippa.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import agrippa.control.spi.CatalogStore;
import agrippa.control.spi.StateStore;
import agrippa.model.Countable;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Statistics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/// One row per tree: the tree itself as a document, and beside it what a person or a query would
/// look for. `docs/decisions/0003-trees-are-stored-whole.md` says why.
public final class SqlStateStore implements StateStore {
  static final List<Migration> HISTORY =
      List.of(
          new Migration(
              1,
              "trees and statistics",
              """
              CREATE TABLE store_trees (
                id VARCHAR(36) NOT NULL PRIMARY KEY,
                generation BIGINT NOT NULL,
                project VARCHAR(36) NOT NULL,
                name VARCHAR(255) NOT NULL,
                created_at VARCHAR(32) NOT NULL,
                format INTEGER NOT NULL,
                document TEXT NOT NULL
              );
              CREATE TABLE store_statistics (
                listener VARCHAR(36) NOT NULL PRIMARY KEY,
                bytes_in BIGINT NOT NULL,
                bytes_out BIGINT NOT NULL,
                total_connections BIGINT NOT NULL,
                request_errors BIGINT NOT NULL
              );
              """),
          new Migration(
              2,
              "quotas",
              """
              CREATE TABLE store_quotas (
                project VARCHAR(36) NOT NULL PRIMARY KEY,
                load_balancer INTEGER,
                listener INTEGER,
                pool INTEGER,
                member INTEGER,
                health_monitor INTEGER,
                l7_policy INTEGER,
                l7_rule INTEGER
              );
              INSERT INTO store_quotas (project) SELECT DISTINCT project FROM store_trees;
              """),
          new Migration(
              3,
              "failovers",
              """
              UPDATE store_trees
                SET document = json_set(document, '$.loadBalancer.failovers', 0), format = 2
                WHERE format = 1;
              """),
          new Migration(
              4,
              "flavors and availability zones",
              """
              UPDATE store_trees
                SET
                  document =
                    json_set(
                      document,
                      '$.loadBalancer.placement',
                      json('{"flavor":null,"availabilityZone":null}')),
                  format = 3
                WHERE format = 2;
              """));

  private static final Table<Record> TREES = table(name("store_trees"));
  private static final Field<String> ID = field(name("id"), String.class);
  private static final Field<Long> GENERATION = field(name("generation"), Long.class);
  private static final Field<String> PROJECT = field(name("project"), String.class);
  private static final Field<String> NAME = field(name("name"), String.class);
  private static final Field<String> CREATED_AT = field(name("created_at"), String.class);
  private static final Field<Integer> FORMAT = field(name("format"), Integer.class);
  private static final Field<String> DOCUMENT = field(name("document"), String.class);

  private static final Table<Record> STATISTICS = table(name("store_statistics"));
  private static final Field<String> LISTENER = field(name("listener"), String.class);
  private static final Field<Long> BYTES_IN = field(name("bytes_in"), Long.class);
  private static final Field<Long> BYTES_OUT = field(name("bytes_out"), Long.class);
  private static final Field<Long> TOTAL = field(name("total_connections"), Long.class);
  private static final Field<Long> ERRORS = field(name("request_errors"), Long.class);

  private static final Table<Record> QUOTAS = table(name("store_quotas"));

  private final TreeCodec codec = new TreeCodec();
  private final DSLContext sql;
  private final GroupCommit writes;
  private final SqlCatalogStore catalog;

  /// Brings the tables up to date.
  public SqlStateStore(Database database) {
    database.migrate("store", HISTORY);
    this.sql = database.sql();
    this.writes = new GroupCommit(sql);
    this.catalog = new SqlCatalogStore(database);
  }

  @Override
  public List<LoadBalancerTree> load() {
    return sql.select(ID, FORMAT, DOCUMENT)
        .from(TREES)
        .orderBy(CREATED_AT, ID)
        .fetch(row -> read(row.value1(), row.value2(), row.value3()));
  }

  private LoadBalancerTree read(String id, int format, String document) {
    if (format != TreeCodec.FORMAT) {
      throw new IllegalStateException(
          "load balancer " + id + " is stored in form " + format + ", which is unknown here");
    }
    try {
      return codec.read(document);
    } catch (RuntimeException e) {
      throw new IllegalStateException("load balancer " + id + " cannot be read", e);
    }
  }

  @Override
  public void commit(LoadBalancerTree tree) {
    var document = codec.write(tree);
    boolean stored =
        writes.write(
            sql ->
                tree.generation() == 1 ? insert(sql, tree, document) : update(sql, tree, document));
    if (!stored) {
      throw new StaleGenerationException(tree.id(), tree.generation() - 1);
    }
  }

  private static boolean insert(DSLContext sql, LoadBalancerTree tree, String document) {
    var loadBalancer = tree.loadBalancer();
    return sql.insertInto(TREES)
            .set(ID, tree.id().toString())
            .set(GENERATION, tree.generation())
            .set(PROJECT, loadBalancer.project().value())
            .set(NAME, loadBalancer.labels().name())
            .set(CREATED_AT, loadBalancer.lifecycle().createdAt().toString())
            .set(FORMAT, TreeCodec.FORMAT)
            .set(DOCUMENT, document)
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  private static boolean update(DSLContext sql, LoadBalancerTree tree, String document) {
    return sql.update(TREES)
            .set(GENERATION, tree.generation())
            .set(NAME, tree.loadBalancer().labels().name())
            .set(FORMAT, TreeCodec.FORMAT)
            .set(DOCUMENT, document)
            .where(ID.eq(tree.id().toString()), GENERATION.eq(tree.generation() - 1))
            .execute()
        == 1;
  }

  @Override
  public void remove(LoadBalancerId id, long generation) {
    boolean removed =
        writes.write(
            sql ->
                sql.deleteFrom(TREES)
                        .where(ID.eq(id.toString()), GENERATION.eq(generation))
                        .execute()
                    == 1);
    if (!removed) {
      throw new StaleGenerationException(id, generation);
    }
  }

  @Override
  public Map<ListenerId, Statistics> statistics() {
    var found = new HashMap<ListenerId, Statistics>();
    sql.select(LISTENER, BYTES_IN, BYTES_OUT, TOTAL, ERRORS)
        .from(STATISTICS)
        .forEach(
            row ->
                found.put(
                    new ListenerId(UUID.fromString(row.value1())),
                    new Statistics(row.value2(), row.value3(), 0, row.value4(), row.value5())));
    return found;
  }

  @Override
  public void saveStatistics(Map<ListenerId, Statistics> statistics) {
    writes.write(
        sql -> {
          sql.deleteFrom(STATISTICS).execute();
          sql.batch(
                  statistics.entrySet().stream()
                      .map(it -> insert(sql, it.getKey(), it.getValue()))
                      .toList())
              .execute();
          return true;
        });
  }

  @Override
  public CatalogStore catalog() {
    return catalog;
  }

  @Override
  public Map<ProjectId, Quota> quotas() {
    var found = new HashMap<ProjectId, Quota>();
    sql.select(DSL.asterisk())
        .from(QUOTAS)
        .forEach(row -> found.put(new ProjectId(row.get(PROJECT)), quota(row)));
    return found;
  }

  private static Quota quota(Record row) {
    var limits = new EnumMap<Countable, Integer>(Countable.class);
    for (var kind : Countable.values()) {
      var limit = row.get(column(kind));
      if (limit != null) {
        limits.put(kind, limit);
      }
    }
    return new Quota(limits);
  }

  private static Field<Integer> column(Countable kind) {
    return field(name(kind.name().toLowerCase(Locale.ROOT)), Integer.class);
  }

  @Override
  public void saveQuota(ProjectId project, Quota quota) {
    var row = new HashMap<Field<?>, Object>();
    row.put(PROJECT, project.value());
    for (var kind : Countable.values()) {
      row.put(column(kind), quota.limits().get(kind));
    }
    writes.write(
        sql -> {
          sql.deleteFrom(QUOTAS).where(PROJECT.eq(project.value())).execute();
          return sql.insertInto(QUOTAS).set(row).execute() == 1;
        });
  }

  private static org.jooq.Insert<Record> insert(
      DSLContext sql, ListenerId id, Statistics statistics) {
    return sql.insertInto(STATISTICS)
        .set(LISTENER, id.toString())
        .set(BYTES_IN, statistics.bytesIn())
        .set(BYTES_OUT, statistics.bytesOut())
        .set(TOTAL, statistics.totalConnections())
        .set(ERRORS, statistics.requestErrors());
  }
}
