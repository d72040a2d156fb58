package agrippa.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/// Writes of many threads in few transactions: a commit waits for the disk, and so those that come
/// meanwhile share the next one. A thread that finds its write undone does all that are waiting.
final class GroupCommit {
  private static final int MOST_IN_A_TRANSACTION = 256;

  private final DSLContext sql;
  private final ConcurrentLinkedQueue<Write> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock turn = new ReentrantLock();

  GroupCommit(DSLContext sql) {
    this.sql = sql;
  }

  /// Does a write and waits until it is durable.
  ///
  /// @param statement says whether it did what it should; if not, it must have done nothing
  /// @return what the statement says
  boolean write(Predicate<DSLContext> statement) {
    var write = new Write(statement);
    waiting.add(write);
    turn.lock();
    try {
      while (!write.finished) {
        commitWaiting();
      }
    } finally {
      turn.unlock();
    }
    return write.result();
  }

  private void commitWaiting() {
    var batch = new ArrayList<Write>();
    for (var write = waiting.poll(); write != null; write = waiting.poll()) {
      batch.add(write);
      if (batch.size() == MOST_IN_A_TRANSACTION) {
        break;
      }
    }
    try {
      commit(batch);
    } catch (RuntimeException | Error e) {
      batch.forEach(it -> it.failure = e);
    } finally {
      batch.forEach(it -> it.finished = true);
    }
  }

  private void commit(List<Write> batch) {
    sql.transaction(
        transaction -> {
          for (var write : batch) {
            write.done = write.statement.test(transaction.dsl());
          }
        });
  }

  /// Its fields are guarded by the turn.
  private static final class Write {
    private final Predicate<DSLContext> statement;
    private boolean done;
    private boolean finished;
    private @Nullable Throwable failure;

    Write(Predicate<DSLContext> statement) {
      this.statement = statement;
    }

    boolean result() {
      if (failure != null) {
        throw new IllegalStateException("a write failed", failure);
      }
      return done;
    }
  }
}
