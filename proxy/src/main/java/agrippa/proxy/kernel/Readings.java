package agrippa.proxy.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what the kernel's tools print. Pure.
final class Readings {
  private static final Pattern COUNTER =
      Pattern.compile("counter (\\w+) \\{\\s*packets (\\d+) bytes (\\d+)");
  private static final Pattern MARK = Pattern.compile(" mark=(\\d+)");

  private Readings() {}

  /// What a counter of nft counted.
  record Counted(long packets, long bytes) {
    static final Counted NOTHING = new Counted(0, 0);
  }

  /// By name, from `nft list counters`.
  static Map<String, Counted> counters(String listing) {
    Map<String, Counted> counters = new HashMap<>();
    Matcher each = COUNTER.matcher(listing);
    while (each.find()) {
      counters.put(
          each.group(1), new Counted(Long.parseLong(each.group(2)), Long.parseLong(each.group(3))));
    }
    return counters;
  }

  /// How many connections of a mark are open, from `conntrack --dump`. What only waits for late
  /// packets is not.
  static Map<Integer, Integer> open(String dump) {
    Map<Integer, Integer> open = new HashMap<>();
    for (String line : (Iterable<String>) dump.lines()::iterator) {
      Integer mark = mark(line);
      if (mark != null && !line.contains(" TIME_WAIT ") && !line.contains(" CLOSE ")) {
        open.merge(mark, 1, Integer::sum);
      }
    }
    return open;
  }

  private static @Nullable Integer mark(String line) {
    Matcher found = MARK.matcher(line);
    return found.find() ? Integer.valueOf(Integer.parseUnsignedInt(found.group(1))) : null;
  }
}
