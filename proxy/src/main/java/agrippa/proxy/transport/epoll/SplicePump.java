package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.CopyPump;
import agrippa.proxy.transport.Pump;
import org.jspecify.annotations.Nullable;

/// A pump between two sockets: copies at first, and splices through a pipe, without the bytes ever
/// entering the process, once a stream proves long.
final class SplicePump implements Pump {
  /// A pipe is not worth its calls for less.
  private static final long LONG = 32 * 1024;

  /// Fills of the pipe in one call before other channels have their turn.
  private static final int ROUNDS = 4;

  private final EpollLoop loop;
  private final EpollChannel from;
  private final EpollChannel to;
  private final CopyPump copy;
  private @Nullable Pipe pipe;
  private int inPipe;
  private boolean ended;
  private long spliced;

  SplicePump(EpollLoop loop, EpollChannel from, EpollChannel to) {
    this.loop = loop;
    this.from = from;
    this.to = to;
    this.copy = new CopyPump(loop, from, to);
  }

  @Override
  public Stop move(long limit) {
    if (pipe == null && (copy.held() > 0 || !worthIt(limit) || !openPipe())) {
      return copy.move(limit);
    }
    long left = limit;
    for (int round = 0; round < ROUNDS; round++) {
      Stop stop = drain();
      if (stop != null) {
        return stop;
      }
      if (left == 0) {
        return Stop.LIMIT;
      }
      long count = fill(left);
      if (count <= 0) {
        return stopped(count);
      }
      left -= count;
    }
    Stop stop = drain();
    if (stop != null) {
      return stop;
    }
    if (left == 0) {
      return Stop.LIMIT;
    }
    from.readAgain();
    return Stop.SOURCE_EMPTY;
  }

  /// A body that is known to be long, or a stream that has been.
  private boolean worthIt(long limit) {
    return (limit > LONG && limit != Long.MAX_VALUE) || copy.moved() > LONG;
  }

  private boolean openPipe() {
    pipe = loop.borrowPipe();
    return pipe != null;
  }

  private Pipe opened() {
    if (pipe == null) {
      throw new IllegalStateException("no pipe");
    }
    return pipe;
  }

  private long fill(long most) {
    Pipe into = opened();
    long count = from.spliceTo(into, Math.min(most, into.capacity()));
    if (count > 0) {
      inPipe += (int) count;
    }
    return count;
  }

  private @Nullable Stop drain() {
    while (inPipe > 0) {
      long count = to.spliceFrom(opened(), inPipe);
      if (count == Channel.FAILED) {
        return Stop.SINK_FAILED;
      }
      inPipe -= (int) count;
      spliced += count;
      if (count <= 0) {
        return Stop.SINK_FULL;
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
      if (inPipe == 0) {
        loop.giveBack(pipe);
      } else {
        pipe.close(loop.kernel());
      }
      pipe = null;
    }
    inPipe = 0;
    ended = false;
    spliced = 0;
  }
}
