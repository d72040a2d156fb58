package agrippa.store;

import java.util.concurrent.locks.ReentrantLock;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;

/// Has the transactions of this program wait for each other in a queue. At SQLite's own lock they
/// would sleep and look again, up to 100 ms at a time, in no order.
final class Turns implements TransactionProvider {
  private final TransactionProvider transactions;
  private final ReentrantLock turn = new ReentrantLock(true);

  Turns(TransactionProvider transactions) {
    this.transactions = transactions;
  }

  /// If this fails, jOOQ rolls back.
  @Override
  public void begin(TransactionContext context) {
    turn.lock();
    transactions.begin(context);
  }

  /// If this fails, jOOQ rolls back.
  @Override
  public void commit(TransactionContext context) {
    transactions.commit(context);
    turn.unlock();
  }

  @Override
  public void rollback(TransactionContext context) {
    try {
      transactions.rollback(context);
    } finally {
      turn.unlock();
    }
  }
}
