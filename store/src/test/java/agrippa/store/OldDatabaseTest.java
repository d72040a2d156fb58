package agrippa.store;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.testing.RandomTrees;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Placement;
import agrippa.model.Quota;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an earlier release of the program stored is read by this one.
class OldDatabaseTest {
  private final JsonMapper json = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void treesOfTheFirstFormAreRead() {
    var tree = new RandomTrees(7).next();
    try (var database = Database.open(folder.resolve("state.db"))) {
      database.migrate("store", List.of(SqlStateStore.HISTORY.getFirst()));
      database
          .sql()
          .execute(
              "INSERT INTO store_trees VALUES (?, ?, ?, ?, ?, ?, ?)",
              tree.id().toString(),
              tree.generation(),
              tree.loadBalancer().project().value(),
              tree.loadBalancer().labels().name(),
              tree.loadBalancer().lifecycle().createdAt().toString(),
              1,
              firstForm(tree));
    }
    try (var database = Database.open(folder.resolve("state.db"))) {
      var store = new SqlStateStore(database);
      var read = store.load();
      assertThat(read).hasSize(1);
      assertThat(read.getFirst().loadBalancer().failovers()).isZero();
      assertThat(read.getFirst().loadBalancer().placement()).isEqualTo(Placement.ANY);
      assertThat(firstForm(read.getFirst())).isEqualTo(firstForm(tree));
      // A project that has something has a quota, of which nothing is said yet.
      assertThat(store.quotas())
          .containsExactly(Map.entry(tree.loadBalancer().project(), Quota.SILENT));
      store.commit(read.getFirst().nextGeneration());
    }
  }

  /// Without failovers, flavor and availability zone.
  private String firstForm(LoadBalancerTree tree) {
    var document = json.readTree(new TreeCodec().write(tree));
    ((ObjectNode) document.get("loadBalancer")).remove(List.of("failovers", "placement"));
    return document.toString();
  }
}
