package agrippa.cloud;

import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/// Where the embedded services keep what they have: JSON documents in named collections. The
/// services read from their own memory and write through to here, so this knows nothing of what
/// it keeps.
public final class Documents {
  /// The table's definition, one script a version, oldest first.
  public static final List<String> MIGRATIONS =
      List.of(
          """
          CREATE TABLE cloud_document (
            collection VARCHAR(64) NOT NULL,
            id VARCHAR(255) NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (collection, id)
          );
          """);

  private static final Table<?> TABLE = DSL.table("cloud_document");
  private static final Field<String> COLLECTION = DSL.field("collection", String.class);
  private static final Field<String> ID = DSL.field("id", String.class);
  private static final Field<String> BODY = DSL.field("body", String.class);

  private final DSLContext sql;

  /// @param sql of a database in which [#MIGRATIONS] have run
  public Documents(DSLContext sql) {
    this.sql = sql;
  }

  /// Everything in a collection, by id.
  public Map<String, JsonNode> load(String collection) {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    sql.select(ID, BODY)
        .from(TABLE)
        .where(COLLECTION.eq(collection))
        .orderBy(ID)
        .forEach(row -> all.put(row.value1(), parse(collection, row.value1(), row.value2())));
    return all;
  }

  private static JsonNode parse(String collection, String id, String body) {
    return Json.parse(body.getBytes(StandardCharsets.UTF_8))
        .orElseThrow(
            () -> new IllegalStateException("document " + id + " of " + collection + " is broken"));
  }

  /// Writes all of a batch or nothing; what this returned from survives a crash.
  public void commit(Batch batch) {
    if (batch.writes.isEmpty()) {
      return;
    }
    sql.transaction(
        transaction -> {
          DSLContext inside = transaction.dsl();
          for (Write write : batch.writes) {
            inside
                .deleteFrom(TABLE)
                .where(COLLECTION.eq(write.collection).and(ID.eq(write.id)))
                .execute();
            if (!write.body.isMissingNode()) {
              inside
                  .insertInto(TABLE, COLLECTION, ID, BODY)
                  .values(
                      write.collection,
                      write.id,
                      new String(Json.bytes(write.body), StandardCharsets.UTF_8))
                  .execute();
            }
          }
        });
  }

  /// Writes that belong together.
  public static final class Batch {
    private final List<Write> writes = new ArrayList<>();

    public Batch put(String collection, String id, JsonNode body) {
      writes.add(new Write(collection, id, body));
      return this;
    }

    public Batch remove(String collection, String id) {
      writes.add(new Write(collection, id, Json.object().path("missing")));
      return this;
    }
  }

  /// @param body missing to remove the document
  private record Write(String collection, String id, JsonNode body) {}
}
