package agrippa.proxy.balance;

import agrippa.proxy.transport.Buffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers which endpoint a key (a client's address, a cookie's value) belongs to. Bounded: the
/// least recently used keys are forgotten. Shared by all loops, in stripes, so that they seldom
/// meet at a lock; each stripe forgets for itself.
final class StickyTable {
  /// Keys of all stripes together, as many as the size `10k` of a stick table in HAProxy.
  static final int CAPACITY = 10 * 1024;

  /// Longer keys are cut to this many bytes.
  static final int LONGEST_KEY = 64;

  /// A timeout that never comes.
  static final long FOREVER = Long.MAX_VALUE;

  private static final int STRIPES = 16;

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final long timeoutMillis;

  /// @param timeoutMillis how long a key is remembered that is not looked for, or [#FOREVER]
  StickyTable(long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
    Arrays.setAll(stripes, i -> new Stripe());
  }

  /// The endpoint that a key belongs to if it may be used, else null.
  @Nullable LiveEndpoint find(Key key, long now, @Nullable LiveEndpoint avoid) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      return find(stripe, key, now, avoid);
    }
  }

  private @Nullable LiveEndpoint find(
      Stripe stripe, Key key, long now, @Nullable LiveEndpoint avoid) {
    Known known = stripe.get(key);
    if (known == null
        || known.endpoint == avoid
        || !known.endpoint.usable()
        || now - known.heard >= timeoutMillis) {
      return null;
    }
    known.heard = now;
    return known.endpoint;
  }

  /// Makes a key belong to an endpoint, unless another loop was faster.
  ///
  /// @return the endpoint that it belongs to now
  LiveEndpoint settle(Key key, LiveEndpoint chosen, long now, @Nullable LiveEndpoint avoid) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      LiveEndpoint known = find(stripe, key, now, avoid);
      if (known != null) {
        return known;
      }
      stripe.put(key, new Known(chosen, now));
      return chosen;
    }
  }

  /// Remembers a key anew if it still belongs to this endpoint.
  void keep(Key key, LiveEndpoint endpoint, long now) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      Known known = stripe.get(key);
      if (known != null && known.endpoint == endpoint) {
        known.heard = now;
      }
    }
  }

  /// Makes a key belong to an endpoint, whatever was before.
  void put(Key key, LiveEndpoint endpoint, long now) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      stripe.put(key, new Known(endpoint, now));
    }
  }

  private Stripe stripe(Key key) {
    // The high bits: the map inside uses the low ones.
    return stripes[key.hash >>> 28];
  }

  /// Bytes as a key; comparable, so that keys of equal hash cost a hostile client's victim little.
  static final class Key implements Comparable<Key> {
    private final byte[] bytes;
    private final int hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
      this.hash = (int) Hash.of(bytes);
    }

    static Key of(Buffer in, int from, int to) {
      byte[] bytes = new byte[Math.min(to - from, LONGEST_KEY)];
      in.get(from, bytes, 0, bytes.length);
      return new Key(bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public int compareTo(Key other) {
      return Arrays.compare(bytes, other.bytes);
    }
  }

  /// Guarded by its stripe.
  private static final class Known {
    private final LiveEndpoint endpoint;
    private long heard;

    Known(LiveEndpoint endpoint, long heard) {
      this.endpoint = endpoint;
      this.heard = heard;
    }
  }

  // In order of access. Guarded by itself.
  @SuppressWarnings("serial") // Never serialized.
  private static final class Stripe extends LinkedHashMap<Key, Known> {
    Stripe() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Known> eldest) {
      return size() > CAPACITY / STRIPES;
    }
  }
}
