package agrippa.proxy.balance;

import org.jspecify.annotations.Nullable;

/// Each in turn, as often as its weight says.
record RoundRobin(WeightedSequence<LiveEndpoint> sequence) implements Balancer {
  @Override
  public @Nullable LiveEndpoint choose(long client, long turn, @Nullable LiveEndpoint avoid) {
    return sequence.at(turn, avoid);
  }
}
