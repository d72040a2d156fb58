package agrippa.proxy.transport;

import static agrippa.proxy.transport.LoopRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.transport.EventLoop.Deadline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every transport promises of time and tasks.
abstract class LoopContract {
  private LoopRig rig;

  abstract Transport transport();

  @BeforeEach
  void start() throws IOException {
    rig = new LoopRig(transport());
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /// @return milliseconds from setting a deadline to its expiry
  private CompletableFuture<Long> expiry(long millis) {
    CompletableFuture<Long> expired = new CompletableFuture<>();
    rig.run(
        () -> {
          long set = rig.loop.now();
          rig.loop.deadline(() -> expired.complete(rig.loop.now() - set)).in(millis);
        });
    return expired;
  }

  @Test
  void deadlinesExpireInTimeAndNeverEarly() {
    for (long millis : new long[] {0, 1, 7, 8, 9, 40, 100}) {
      assertThat(await(expiry(millis))).isBetween(millis, millis + 20_000);
    }
  }

  /// The loop's clock stands still while it waits: who is called then must see the time of now.
  @Test
  void deadlinesSetAfterALongSilenceDoNotExpireEarly() {
    long silence = 300;
    await(expiry(silence));
    CompletableFuture<Long> expired = new CompletableFuture<>();
    // From before the silence: after it the loop looks at the clock once, and may be stopped
    // between that and whatever it does next.
    long before =
        rig.on(
            () -> {
              rig.loop
                  .deadline(
                      () -> rig.loop.deadline(() -> expired.complete(System.nanoTime())).in(100))
                  .in(silence);
              return rig.loop.now();
            });
    long took = TimeUnit.NANOSECONDS.toMillis(await(expired)) - before;
    assertThat(took).isGreaterThanOrEqualTo(silence + 95);
  }

  @Test
  void aDeadlineSetByAnEventAfterALongSilenceDoesNotExpireEarly() throws IOException {
    CompletableFuture<Long> expired = new CompletableFuture<>();
    Handler handler =
        new Script() {
          @Override
          void take(Channel channel, Buffer buffer) {
            rig.loop.deadline(() -> expired.complete(System.nanoTime())).in(100);
          }
        };
    try (var client = rig.connected(channel -> channel.handler(handler))) {
      // The loop sleeps meanwhile; another one's deadline tells when that was long enough.
      try (LoopRig other = new LoopRig(transport())) {
        CompletableFuture<Boolean> slept = new CompletableFuture<>();
        other.run(() -> other.loop.deadline(() -> slept.complete(true)).in(300));
        await(slept);
      }
      // What the loop's clock says when it wakes is later than this.
      long before = System.nanoTime();
      client.getOutputStream().write('x');
      long took = TimeUnit.NANOSECONDS.toMillis(await(expired) - before);
      assertThat(took).isGreaterThanOrEqualTo(95);
    }
  }

  @Test
  void deadlinesMoveBothWays() {
    List<String> order = new ArrayList<>();
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    rig.run(
        () -> {
          Deadline later = rig.loop.deadline(() -> order.add("later"));
          Deadline earlier = rig.loop.deadline(() -> order.add("earlier"));
          rig.loop
              .deadline(
                  () -> {
                    order.add("middle");
                  })
              .in(150);
          later.in(20);
          later.in(250);
          earlier.in(60_000);
          earlier.in(50);
          rig.loop.deadline(() -> last.complete(true)).in(350);
        });
    await(last);
    assertThat(order).containsExactly("earlier", "middle", "later");
  }

  @Test
  void cancelledDeadlinesSayNothing() {
    List<String> heard = new ArrayList<>();
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    rig.run(
        () -> {
          Deadline cancelled = rig.loop.deadline(() -> heard.add("cancelled"));
          Deadline revived = rig.loop.deadline(() -> heard.add("revived"));
          Deadline cancelledByOther = rig.loop.deadline(() -> heard.add("cancelled by other"));
          rig.loop.deadline(cancelledByOther::cancel).in(32);
          cancelledByOther.in(64);
          cancelled.in(20);
          cancelled.cancel();
          cancelled.cancel();
          revived.in(20);
          revived.cancel();
          revived.in(30);
          rig.loop.deadline(() -> last.complete(true)).in(120);
        });
    await(last);
    assertThat(heard).containsExactly("revived");
  }

  @Test
  void manyDeadlinesOfOneSlotMayChangeEachOther() {
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    List<Deadline> all = new ArrayList<>();
    int[] expired = new int[1];
    rig.run(
        () -> {
          for (int i = 0; i < 100; i++) {
            all.add(
                rig.loop.deadline(
                    () -> {
                      expired[0]++;
                      // The first one that expires calls off the others, and sets them again.
                      all.forEach(Deadline::cancel);
                      all.forEach(deadline -> deadline.in(24));
                      if (expired[0] == 3) {
                        all.forEach(Deadline::cancel);
                        last.complete(true);
                      }
                    }));
          }
          all.forEach(deadline -> deadline.in(24));
        });
    await(last);
    await(expiry(100));
    assertThat(expired[0]).isEqualTo(3);
  }

  @Test
  void aDeadlineFarAwayIsNoDeadlineNow() {
    List<String> heard = new ArrayList<>();
    rig.run(() -> rig.loop.deadline(() -> heard.add("far")).in(Long.MAX_VALUE));
    rig.run(() -> rig.loop.deadline(() -> heard.add("a year")).in(31_536_000_000L));
    await(expiry(50));
    assertThat(heard).isEmpty();
  }

  @Test
  void tasksOfManyThreadsAllRunOnTheLoopsThreadInTheirOrder() throws InterruptedException {
    int threads = 4;
    int each = 5_000;
    List<List<Integer>> seen = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(threads * each);
    AtomicReference<Thread> loopThread = new AtomicReference<>();
    rig.run(() -> loopThread.set(Thread.currentThread()));
    for (int t = 0; t < threads; t++) {
      List<Integer> mine = new ArrayList<>();
      seen.add(mine);
      Thread.startVirtualThread(
          () -> {
            for (int i = 0; i < each; i++) {
              int number = i;
              rig.loop.execute(
                  () -> {
                    if (Thread.currentThread() == loopThread.get()) {
                      mine.add(number);
                    }
                    done.countDown();
                  });
            }
          });
    }
    assertThat(done.await(LoopRig.SECONDS, TimeUnit.SECONDS)).isTrue();
    for (List<Integer> mine : seen) {
      assertThat(mine).hasSize(each).isSorted();
    }
  }

  /// One task at a time, so that the loop falls asleep in between: a lost wake-up would hang.
  @Test
  void everyTaskWakesTheLoop() {
    for (int i = 0; i < 20_000; i++) {
      rig.run(() -> {});
    }
  }

  @Test
  void aTaskThatFailsHarmsNoOther() {
    rig.loop.execute(
        () -> {
          throw new AssertionError("expected in this test");
        });
    rig.run(() -> {});
  }

  @Test
  void anEndedLoopRefusesTasks() {
    rig.close();
    assertThatThrownBy(() -> rig.loop.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void cannotBeClosedByItself() {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    rig.run(
        () -> {
          try {
            rig.loop.close();
          } catch (IllegalStateException e) {
            failure.complete(e);
          }
        });
    assertThat(await(failure)).isInstanceOf(IllegalStateException.class);
  }
}
