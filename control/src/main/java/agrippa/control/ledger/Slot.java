package agrippa.control.ledger;

import agrippa.model.LoadBalancerTree;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One tree, and the lock that its writers hold.
final class Slot {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Written by the holder of the lock only; null once the tree is gone.
  private volatile @Nullable LoadBalancerTree tree;

  Slot(LoadBalancerTree tree) {
    this.tree = tree;
  }

  @Nullable LoadBalancerTree tree() {
    return tree;
  }

  <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /// Only with the lock held.
  void show(@Nullable LoadBalancerTree next) {
    tree = next;
    changed.signalAll();
  }

  /// Only with the lock held.
  boolean amend(UnaryOperator<LoadBalancerTree> change) {
    var current = tree;
    if (current == null) {
      return false;
    }
    var next = change.apply(current);
    if (next != current) {
      show(next);
    }
    return true;
  }

  long await(LoadBalancerTree seen, long nanoseconds) {
    long left = nanoseconds;
    lock.lock();
    try {
      while (tree == seen && left > 0) {
        left = changed.awaitNanos(left);
      }
      return left;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } finally {
      lock.unlock();
    }
  }
}
