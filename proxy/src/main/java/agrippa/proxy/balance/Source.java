package agrippa.proxy.balance;

import org.jspecify.annotations.Nullable;

/// Where the client sends from decides: the same one for the same client.
///
/// @param home the endpoints that share the clients while all are up
/// @param usable those that do now: clients whose home is down are spread over these, all others
///     stay where they are
record Source(WeightedSequence<LiveEndpoint> home, WeightedSequence<LiveEndpoint> usable)
    implements Balancer {
  @Override
  public @Nullable LiveEndpoint choose(long client, long turn, @Nullable LiveEndpoint avoid) {
    LiveEndpoint first = home.at(client, null);
    return first != null && first.usable() && first != avoid
        ? first
        // Hashed again, or all clients of a home would move to its neighbour.
        : usable.at(Hash.mix(client), avoid);
  }
}
