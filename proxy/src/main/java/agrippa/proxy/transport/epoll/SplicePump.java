package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.CopyPump;
import agrippa.proxy.transport.Pump;
import org.jspecify.annotations.Nullable;

/// A pump between two sockets: copies at first, and splices through a pipe, without the bytes ever
/// entering the process, as long as a stream is a bulky one. It has a pipe only while it is called
/// or the sink takes less than the pipe holds, so that streams at rest cost no descriptors.
final class SplicePump implements Pump {
  /// Splicing begins when so much is known, or was seen, to come.
  private static final long LONG = 32 * 1024;

  /// A call that moves less is a small one: a pipe would cost more than it saves.
  private static final long SMALL = 8 * 1024;

  /// Some small calls in a row make a stream small again, since each halves what was seen of it.
  private static final long MOST_SEEN = 8 * LONG;

  /// Fills of the pipe in one call before other channels have their turn.
  private static final int ROUNDS = 4;

  /// A sink that takes everything gets large fills; what waits for a slow one is kernel memory.
  private static final int SMALLEST_FILL = 64 * 1024;

  private static final int LARGEST_FILL = 1024 * 1024;

  private final EpollLoop loop;
  private final EpollChannel from;
  private final EpollChannel to;
  private final CopyPump copy;
  private @Nullable Pipe pipe;
  private int inPipe;
  private int fill = LARGEST_FILL;
  private long seen;
  private boolean ended;
  private long spliced;

  SplicePump(EpollLoop loop, EpollChannel from, EpollChannel to) {
    this.loop = loop;
    this.from = from;
    this.to = to;
    this.copy = new CopyPump(loop, from, to, 1);
  }

  @Override
  public Stop move(long limit) {
    long before = moved() + held();
    Pipe through = pipe(limit);
    Stop stop = through == null ? copy.move(limit) : splice(through, limit);
    if (through != null && inPipe == 0) {
      loop.giveBack(through);
      pipe = null;
    }
    see(moved() + held() - before);
    return stop;
  }

  private void see(long count) {
    if (count >= SMALL) {
      seen = Math.min(seen + count, MOST_SEEN);
    } else if (count > 0) {
      seen /= 2;
    }
  }

  /// @return what to splice through, or null to copy
  private @Nullable Pipe pipe(long limit) {
    if (pipe != null) {
      return pipe;
    }
    boolean knownToBeLong = limit > LONG && limit != Long.MAX_VALUE;
    if (copy.held() == 0 && (knownToBeLong || seen > LONG)) {
      pipe = loop.borrowPipe();
    }
    return pipe;
  }

  private Stop splice(Pipe through, long limit) {
    long left = limit;
    for (int round = 0; ; round++) {
      Stop stop = drain(through);
      if (stop != null) {
        return stop;
      }
      if (left == 0) {
        return Stop.LIMIT;
      }
      if (round == ROUNDS) {
        from.readAgain();
        return Stop.SOURCE_EMPTY;
      }
      // The pipe is empty here: if nothing goes in, it is the source that has nothing.
      long count = from.spliceTo(through, Math.min(left, Math.min(fill, through.capacity())));
      if (count <= 0) {
        return stopped(count);
      }
      inPipe = (int) count;
      left -= count;
    }
  }

  /// @return why nothing more can be done, or null
  private @Nullable Stop drain(Pipe through) {
    while (inPipe > 0) {
      long count = to.spliceFrom(through, inPipe);
      if (count == Channel.FAILED) {
        return Stop.SINK_FAILED;
      }
      if (count <= 0) {
        fill = Math.max(fill / 2, SMALLEST_FILL);
        return Stop.SINK_FULL;
      }
      inPipe -= (int) count;
      spliced += count;
      if (count == fill) {
        fill = Math.min(fill * 2, LARGEST_FILL);
      }
    }
    return ended ? Stop.END : null;
  }

  private Stop stopped(long count) {
    if (count == Channel.WOULD_BLOCK) {
      return Stop.SOURCE_EMPTY;
    }
    if (count == Channel.END) {
      ended = true;
      return Stop.END;
    }
    return Stop.SOURCE_FAILED;
  }

  @Override
  public long moved() {
    return copy.moved() + spliced;
  }

  @Override
  public int held() {
    return copy.held() + inPipe;
  }

  @Override
  public void reset() {
    copy.reset();
    if (pipe != null) {
      // Not empty, so nobody else can use it.
      pipe.close(loop.kernel());
      pipe = null;
    }
    inPipe = 0;
    ended = false;
    seen = 0;
    spliced = 0;
  }
}
