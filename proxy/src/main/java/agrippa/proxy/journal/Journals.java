package agrippa.proxy.journal;

import java.util.List;
import java.util.function.Predicate;

/// What all loops write down.
public final class Journals {
  private final List<Journal> journals;

  public Journals(List<Journal> journals) {
    this.journals = List.copyOf(journals);
  }

  /// Shows the entries that wait; one thread at a time may call this. An entry is not to be used
  /// after `reader` returned.
  ///
  /// @param reader returns whether to go on; if not, other entries wait on
  /// @return how many were shown
  public int read(Predicate<Entry> reader) {
    int count = 0;
    boolean[] going = {true};
    Predicate<Entry> wanted =
        it -> {
          going[0] = reader.test(it);
          return going[0];
        };
    for (Journal journal : journals) {
      if (!going[0]) {
        return count;
      }
      count += journal.read(wanted);
    }
    return count;
  }

  /// Entries since the start that nobody read in time.
  public long dropped() {
    return journals.stream().mapToLong(Journal::dropped).sum();
  }
}
