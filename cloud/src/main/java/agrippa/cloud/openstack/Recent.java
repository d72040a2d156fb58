package agrippa.cloud.openstack;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Remembers a bounded number of things; what was not asked for longest goes first. For any thread.
public final class Recent<T> {
  private final Map<String, T> entries;

  public Recent(int most) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > most;
          }
        };
  }

  public synchronized Optional<T> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  public synchronized void put(String key, T value) {
    entries.put(key, value);
  }

  public synchronized void remove(String key) {
    entries.remove(key);
  }
}
