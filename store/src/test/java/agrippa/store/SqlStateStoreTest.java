package agrippa.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.spi.StateStore;
import agrippa.control.testing.RandomTrees;
import agrippa.control.testing.StateStoreContract;
import java.nio.file.Path;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlStateStoreTest extends StateStoreContract {
  @TempDir private Path folder;

  private Database database;
  private SqlStateStore store;

  @Override
  protected synchronized StateStore store() {
    if (store == null) {
      database = Database.open(folder.resolve("state").resolve("agrippa.db"));
      store = new SqlStateStore(database);
    }
    return store;
  }

  @Override
  protected StateStore reopened() {
    database.close();
    store = null;
    return store();
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  @Test
  void refusesDocumentsOfAnotherForm() {
    var store = store();
    store.commit(new RandomTrees(5).next());
    database.sql().execute("UPDATE store_trees SET format = 99");
    assertThatThrownBy(store::load)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("form 99");
  }

  @Test
  void keepsColumnsForThoseWhoLook() {
    var tree = new RandomTrees(6).next();
    store().commit(tree);
    var row = database.sql().select(DSL.asterisk()).from("store_trees").fetchSingle();
    assertThat(row.get("id")).isEqualTo(tree.id().toString());
    assertThat(row.get("project")).isEqualTo(tree.loadBalancer().project().value());
    assertThat(row.get("name")).isEqualTo(tree.loadBalancer().labels().name());
  }
}
