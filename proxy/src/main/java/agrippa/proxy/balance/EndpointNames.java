package agrippa.proxy.balance;

import static java.nio.charset.StandardCharsets.UTF_8;

import agrippa.proxy.transport.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds endpoints by names that are still bytes in a buffer, without making strings of them. Open
/// addressing; immutable.
final class EndpointNames {
  private final byte[] @Nullable [] names;
  private final @Nullable LiveEndpoint[] endpoints;

  EndpointNames(List<LiveEndpoint> all) {
    // At least half empty, so that every search ends soon.
    int size = Integer.highestOneBit(all.size() * 4 + 1);
    names = new byte[size][];
    endpoints = new LiveEndpoint[size];
    for (LiveEndpoint endpoint : all) {
      byte[] name = endpoint.plan().name().getBytes(UTF_8);
      int slot = (int) Hash.of(name) & (size - 1);
      while (names[slot] != null) {
        slot = (slot + 1) & (size - 1);
      }
      names[slot] = name;
      endpoints[slot] = endpoint;
    }
  }

  @Nullable LiveEndpoint find(Buffer in, int from, int to) {
    int slot = (int) Hash.of(in, from, to) & (names.length - 1);
    while (true) {
      byte[] name = names[slot];
      if (name == null) {
        return null;
      }
      if (same(name, in, from, to)) {
        return endpoints[slot];
      }
      slot = (slot + 1) & (names.length - 1);
    }
  }

  private static boolean same(byte[] name, Buffer in, int from, int to) {
    if (name.length != to - from) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (name[i] != in.at(from + i)) {
        return false;
      }
    }
    return true;
  }
}
