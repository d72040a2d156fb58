package agrippa.proxy.transport;

import agrippa.proxy.transport.EventLoop.Deadline;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// The deadlines of one loop.
///
/// A timing wheel that is lazy: moving a deadline later writes one field, and the entry is put
/// where it belongs when its old slot comes up. Idle timeouts move with every request and hardly
/// ever expire, so that is what must be cheap.
final class Wheel {
  /* Hashed timing wheel after Varghese and Lauck (1987), scheme 6. Entries beyond one turn stay in the
  last slot that the turn reaches and are looked at again there. */
  private static final int SLOTS = 1024;
  private static final int TICK_MILLIS = 8;

  private final @Nullable Entry[] slots = new @Nullable Entry[SLOTS];
  private final BitSet occupied = new BitSet(SLOTS);
  private long tick;
  private long now;

  Wheel(long now) {
    this.now = now;
    this.tick = now / TICK_MILLIS;
  }

  Deadline deadline(Runnable expired) {
    return new Entry(expired);
  }

  /// Milliseconds until the next slot that has entries, or -1 if there is none.
  long untilNext() {
    if (occupied.isEmpty()) {
      return -1;
    }
    int here = (int) (tick % SLOTS);
    int next = occupied.nextSetBit(here);
    int distance = next >= 0 ? next - here : SLOTS - here + occupied.nextSetBit(0);
    return Math.max(1, (tick + distance + 1) * TICK_MILLIS - now);
  }

  /// Sets the clock, before anybody sets deadlines by it.
  void now(long millis) {
    now = millis;
  }

  /// Runs what has expired.
  void advance() {
    long target = now / TICK_MILLIS;
    // After a long sleep one turn visits every slot.
    tick = Math.max(tick, target - SLOTS);
    for (; tick < target; tick++) {
      expire((int) (tick % SLOTS));
    }
  }

  private void expire(int slot) {
    if (!occupied.get(slot)) {
      return;
    }
    Entry entry = slots[slot];
    slots[slot] = null;
    occupied.clear(slot);
    // Detached first: what expires may set and cancel deadlines, these ones too.
    for (Entry each = entry; each != null; each = each.next) {
      each.slot = Entry.DETACHED;
    }
    while (entry != null) {
      Entry next = entry.next;
      entry.next = null;
      entry.previous = null;
      entry.slot = Entry.NOWHERE;
      entry.due();
      entry = next;
    }
  }

  private final class Entry implements Deadline {
    static final int NOWHERE = -1;
    static final int DETACHED = -2;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long LONGEST = Long.MAX_VALUE / 4;

    private final Runnable expired;
    private long at = NEVER;
    private int slot = NOWHERE;
    private long slotTick;
    private @Nullable Entry next;
    private @Nullable Entry previous;

    Entry(Runnable expired) {
      this.expired = expired;
    }

    @Override
    public void in(long millis) {
      at = now + Math.min(millis, LONGEST);
      if (slot == NOWHERE) {
        insert();
      } else if (slot >= 0 && at / TICK_MILLIS < slotTick) {
        remove();
        insert();
      }
    }

    @Override
    public void cancel() {
      at = NEVER;
      if (slot >= 0) {
        // At once, not when the slot comes up: a session that ended should be garbage.
        remove();
      }
    }

    /// Its slot came up.
    void due() {
      if (at == NEVER) {
        return;
      }
      if (at > now) {
        insert();
      } else {
        at = NEVER;
        expired.run();
      }
    }

    private void insert() {
      long wanted = Math.max(at / TICK_MILLIS, tick + 1);
      slotTick = Math.min(wanted, tick + SLOTS - 1);
      slot = (int) (slotTick % SLOTS);
      previous = null;
      next = slots[slot];
      if (next != null) {
        next.previous = this;
      }
      slots[slot] = this;
      occupied.set(slot);
    }

    private void remove() {
      if (previous == null) {
        slots[slot] = next;
        if (next == null) {
          occupied.clear(slot);
        }
      } else {
        previous.next = next;
      }
      if (next != null) {
        next.previous = previous;
      }
      next = null;
      previous = null;
      slot = NOWHERE;
    }
  }
}
