package agrippa.proxy.balance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Time as a test says it.
public final class Time implements Later {
  private final List<Due> all = new ArrayList<>();
  private long now;

  private record Due(long at, Runnable action) {}

  @Override
  public void in(Duration time, Runnable action) {
    all.add(new Due(now + time.toMillis(), action));
  }

  public void pass(Duration time) {
    long end = now + time.toMillis();
    for (Due next = next(end); next != null; next = next(end)) {
      all.remove(next);
      now = next.at;
      next.action.run();
    }
    now = end;
  }

  private Due next(long until) {
    return all.stream()
        .filter(it -> it.at <= until)
        .min(Comparator.comparingLong(Due::at))
        .orElse(null);
  }
}
