package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.cloud.Documents;
import agrippa.model.ProjectId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NetworkRecordsTest {
  private final Connection connection = connect();
  private final AtomicInteger commits = new AtomicInteger();
  private final DSLContext sql = sql();
  private final NetworkRecords records = open();

  private static Connection connect() {
    try {
      return DriverManager.getConnection("jdbc:sqlite::memory:");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private DSLContext sql() {
    DSLContext plain = DSL.using(connection, SQLDialect.SQLITE);
    Documents.MIGRATIONS.forEach(plain::execute);
    return DSL.using(
        plain
            .configuration()
            .derive(
                new TransactionListener() {
                  @Override
                  public void commitEnd(TransactionContext context) {
                    commits.incrementAndGet();
                  }
                }));
  }

  private NetworkRecords open() {
    return new NetworkRecords(
        new Documents(sql),
        AddressSpace.MIRROR,
        () -> Instant.EPOCH,
        UUID::randomUUID,
        any -> {},
        any -> {});
  }

  @AfterEach
  void stop() throws SQLException {
    connection.close();
  }

  private static UUID addPolicy(Draft draft, String name) {
    QosPolicy policy = new QosPolicy(draft.meta(new ProjectId("p"), name, ""), false, false);
    draft.add(policy);
    return policy.id();
  }

  private static List<String> policies(NetworkState state) {
    return state.all(Kind.QOS_POLICY).map(it -> it.meta().name()).toList();
  }

  @Test
  void changesThatWaitAreStoredTogetherAndFailAlone() throws Exception {
    var blocked = new CountDownLatch(1);
    var others = new ArrayList<FutureTask<?>>();
    var seen = new ArrayList<List<String>>();
    int before = commits.get();
    FutureTask<UUID> first =
        started(
            draft -> {
              await(blocked);
              return addPolicy(draft, "first");
            });
    others.add(started(draft -> addPolicy(draft, "second")));
    FutureTask<UUID> refused =
        started(
            draft -> {
              addPolicy(draft, "never");
              throw Fault.badRequest("Refused");
            });
    others.add(
        started(
            draft -> {
              seen.add(policies(draft.state()));
              return addPolicy(draft, "third");
            }));
    blocked.countDown();
    first.get();
    for (FutureTask<?> it : others) {
      it.get();
    }
    assertThatThrownBy(refused::get).hasCauseInstanceOf(Fault.class);
    assertThat(seen).containsExactly(List.of("first", "second"));
    assertThat(policies(records.state())).containsExactly("first", "second", "third");
    assertThat(policies(open().state())).containsExactly("first", "second", "third");
    assertThat(commits.get() - before).isEqualTo(2);
  }

  @Test
  void whatCannotBeStoredDidNotHappen() {
    records.change(draft -> addPolicy(draft, "kept"));
    sql.execute("ALTER TABLE cloud_document RENAME TO elsewhere");
    assertThatThrownBy(() -> records.change(draft -> addPolicy(draft, "lost")))
        .hasMessageContaining("cloud_document");
    sql.execute("ALTER TABLE elsewhere RENAME TO cloud_document");
    records.change(draft -> addPolicy(draft, "later"));
    assertThat(policies(records.state())).containsExactly("kept", "later");
    assertThat(policies(open().state())).containsExactly("kept", "later");
  }

  /// A change on a thread of its own, which has come as far as it can when this returns.
  private <T> FutureTask<T> started(Function<Draft, T> change) {
    var task = new FutureTask<T>(() -> records.change(change));
    Thread thread = Thread.ofPlatform().start(task);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return task;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
