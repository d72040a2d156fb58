package agrippa.proxy.balance;

import agrippa.proxy.plan.FrontendOptions.Share;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Shares what a frontend sends by default among several upstreams.
public final class Split {
  private record Part(LiveUpstream upstream, int weight) {}

  private final List<LiveUpstream> upstreams;
  private final WeightedSequence<Part> sequence;
  private final AtomicLong turns = new AtomicLong();

  private Split(List<Part> parts) {
    upstreams = parts.stream().map(Part::upstream).toList();
    sequence = WeightedSequence.of(parts, Part::weight);
  }

  /// @param known upstreams by name; others count as absent
  /// @return null if there is nobody to share among
  public static @Nullable Split of(List<Share> shares, Map<String, LiveUpstream> known) {
    List<Part> parts =
        shares.stream()
            .filter(it -> it.weight() > 0)
            .flatMap(
                it ->
                    Stream.ofNullable(known.get(it.upstream()))
                        .map(upstream -> new Part(upstream, it.weight())))
            .toList();
    return parts.isEmpty() ? null : new Split(parts);
  }

  /// Those that take part.
  public List<LiveUpstream> upstreams() {
    return upstreams;
  }

  /// The one whose turn it is, over all loops.
  public LiveUpstream next() {
    Part part = sequence.at(turns.getAndIncrement(), null);
    if (part == null) {
      throw new IllegalStateException("a split has parts");
    }
    return part.upstream;
  }

  /// The one that remembers a client's address, else the one whose turn it is.
  public LiveUpstream next(Client client, long now) {
    for (LiveUpstream each : upstreams) {
      if (each.remembers(client, now)) {
        return each;
      }
    }
    return next();
  }
}
