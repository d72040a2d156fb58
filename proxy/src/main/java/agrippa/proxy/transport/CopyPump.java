package agrippa.proxy.transport;

import org.jspecify.annotations.Nullable;

/// A pump between channels of any kind: reads into the loop's scratch buffer and writes from there.
/// It owns memory only while the sink takes less than was read.
public final class CopyPump implements Pump {
  /// Reads in one call before other channels have their turn.
  private static final int ROUNDS = 4;

  private final EventLoop loop;
  private final Channel from;
  private final Channel to;
  private final int rounds;
  private @Nullable Buffer held;
  private boolean ended;
  private long moved;

  public CopyPump(EventLoop loop, Channel from, Channel to) {
    this(loop, from, to, ROUNDS);
  }

  /// @param rounds full reads in one call before other channels have their turn
  public CopyPump(EventLoop loop, Channel from, Channel to, int rounds) {
    this.loop = loop;
    this.from = from;
    this.to = to;
    this.rounds = rounds;
  }

  @Override
  public Stop move(long limit) {
    Stop stop = flush();
    if (stop != null) {
      return stop;
    }
    long left = limit;
    for (int round = 0; round < rounds; round++) {
      if (left == 0) {
        return Stop.LIMIT;
      }
      Buffer buffer = loop.scratch();
      buffer.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
      if (left < buffer.room()) {
        buffer.roomAtMost((int) left);
      }
      int room = buffer.room();
      int count = from.read(buffer);
      if (count <= 0) {
        return stopped(count);
      }
      left -= count;
      stop = deliver(buffer);
      if (stop != null) {
        return stop;
      }
      if (count < room) {
        return Stop.SOURCE_EMPTY;
      }
    }
    if (left == 0) {
      return Stop.LIMIT;
    }
    from.readAgain();
    return Stop.SOURCE_EMPTY;
  }

  /// @return why nothing more can be done, or null
  private @Nullable Stop flush() {
    Buffer buffer = held;
    if (buffer != null) {
      int count = to.write(buffer);
      if (count == Channel.FAILED) {
        return Stop.SINK_FAILED;
      }
      moved += count;
      if (!buffer.isEmpty()) {
        return Stop.SINK_FULL;
      }
      release();
    }
    return ended ? Stop.END : null;
  }

  private Stop stopped(int count) {
    return switch (count) {
      case Channel.WOULD_BLOCK -> Stop.SOURCE_EMPTY;
      case Channel.END -> {
        ended = true;
        yield Stop.END;
      }
      default -> Stop.SOURCE_FAILED;
    };
  }

  private @Nullable Stop deliver(Buffer buffer) {
    int count = to.write(buffer);
    if (count == Channel.FAILED) {
      return Stop.SINK_FAILED;
    }
    moved += count;
    if (buffer.isEmpty()) {
      return null;
    }
    Buffer own = loop.borrow();
    own.append(buffer);
    held = own;
    buffer.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    return Stop.SINK_FULL;
  }

  @Override
  public long moved() {
    return moved;
  }

  @Override
  public int held() {
    return held == null ? 0 : held.length();
  }

  @Override
  public void reset() {
    release();
    ended = false;
    moved = 0;
  }

  private void release() {
    if (held != null) {
      loop.giveBack(held);
      held = null;
    }
  }
}
